import { renderTable, type TableStyle } from '../report/tables.js';
import { toJsonSchema } from './json-schema.js';
import type { NamedKind } from './kinds.js';
import { parametersOf } from './parameters.js';

/** A kind for a person at a terminal: what it keeps, its parameters (`*`: required), examples as YAML flow mappings. */
export function kindText({ kind, task }: NamedKind, style: TableStyle): string {
  const parameters = parametersOf(toJsonSchema(task.params));
  const rows = parameters.map(({ name, type, isRequired, description, fallback }) => [
    isRequired ? `${name}*` : name,
    type,
    fallback === undefined ? description : `${description} (default: ${JSON.stringify(fallback)})`,
  ]);
  const examples = task.examples.map((example) => `  - ${kind}: ${flow(example)}\n`).join('');
  const table = renderTable(['parameter', 'takes', 'what it is'], rows, style);
  return `${style.palette.bold(kind)}  ${task.summary}\n\n${table}\nExamples\n${examples}`;
}

/** The same for a program; its parameters are a JSON Schema. */
export function kindDocument({ kind, task }: NamedKind): Record<string, unknown> {
  return { kind, summary: task.summary, parameters: toJsonSchema(task.params), examples: task.examples };
}

/** YAML in flow style: JSON is YAML, keys that are plain words lose their quotes. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  return `{ ${entries.join(', ')} }`;
}
