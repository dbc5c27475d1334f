import * as z from 'zod';
import type { AnyTask } from '../core/task.js';
import { renderTable, type TableStyle } from './tables.js';

/** One parameter of a kind, as the reference shows it. */
interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
  readonly fallback: unknown;
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

/** The kind's parameters as JSON Schema, what a user may write (zod's `toJSONSchema`). */
function schemaOf(task: AnyTask): JsonSchema {
  return z.toJSONSchema(task.params, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.join(' | ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeText))].join(' or ');
  if (schema.type === 'array')
    return `list of ${schema.items === undefined ? 'values' : typeText(schema.items)}`;
  if (schema.type === 'object') return 'mapping';
  return schema.type === undefined ? 'value' : [schema.type].flat().join(' or ');
}

function parametersOf(task: AnyTask): Parameter[] {
  const { properties = {}, required = [] } = schemaOf(task);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeText(property),
    isRequired: required.includes(name),
    description: property.description ?? '',
    fallback: property.default,
  }));
}

/** A kind for a person: what it keeps, its parameters (`*`: required), examples as YAML flow mappings. */
export function kindText(kind: string, task: AnyTask, style: TableStyle): string {
  const rows = parametersOf(task).map(({ name, type, isRequired, description, fallback }) => [
    isRequired ? `${name}*` : name,
    type,
    fallback === undefined ? description : `${description} (default: ${JSON.stringify(fallback)})`,
  ]);
  const examples = task.examples.map((example) => `  - ${kind}: ${flow(example)}\n`).join('');
  const table = renderTable(['parameter', 'takes', 'what it is'], rows, style);
  return `${style.palette.bold(kind)}  ${task.summary}\n\n${table}\nExamples\n${examples}`;
}

/** The same for a program. */
export function kindDocument(kind: string, task: AnyTask): Record<string, unknown> {
  return { kind, summary: task.summary, parameters: schemaOf(task), examples: task.examples };
}

/** YAML in flow style: JSON is YAML, keys that are plain words lose their quotes. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  return `{ ${entries.join(', ')} }`;
}
