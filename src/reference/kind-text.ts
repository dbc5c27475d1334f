import type * as z from 'zod';
import { renderTable, type TableStyle } from '../report/tables.js';
import { toJsonSchema } from './json-schema.js';
import type { NamedKind, NamedRole } from './kinds.js';
import { parametersOf } from './parameters.js';
import { roleEntry } from './role-entry.js';
import { roleSystemLines, roleSystems } from './role-systems.js';

/** A kind for a person at a terminal: what it keeps, its parameters (`*`: required), examples as YAML flow mappings. */
export function kindText({ kind, task }: NamedKind, style: TableStyle): string {
  const examples = task.examples.map((example) => `${kind}: ${flow(example)}`);
  return definitionText({ name: kind, ...task, examples }, style);
}

/** The same of a role. */
export function roleText({ name, role }: NamedRole, style: TableStyle): string {
  const examples = role.examples.map((example) => flow(roleEntry(name, example)));
  const systems = `\nSystems\n${roleSystemLines(role)
    .map((line) => `  ${line}\n`)
    .join('')}`;
  return definitionText({ name, ...role, examples }, style) + systems;
}

interface Shown {
  readonly name: string;
  readonly summary: string;
  readonly params: z.ZodType;
  /** Items of a list, as a user writes them. */
  readonly examples: readonly string[];
}

function definitionText({ name, summary, params, examples }: Shown, style: TableStyle): string {
  const rows = parametersOf(toJsonSchema(params)).map((one) => [
    one.isRequired ? `${one.name}*` : one.name,
    one.type,
    one.fallback === undefined
      ? one.description
      : `${one.description} (default: ${JSON.stringify(one.fallback)})`,
  ]);
  const table = renderTable(['parameter', 'takes', 'what it is'], rows, style);
  const list = examples.map((example) => `  - ${example}\n`).join('');
  return `${style.palette.bold(name)}  ${summary}\n\n${table}\nExamples\n${list}`;
}

/** The same for a program; its parameters are a JSON Schema. */
export function kindDocument({ kind, task }: NamedKind): Record<string, unknown> {
  return { kind, ...definitionDocument(task) };
}

/** The same of a role. */
export function roleDocument({ name, role }: NamedRole): Record<string, unknown> {
  const systems = roleSystems(role).map(({ system, reason }) =>
    reason === undefined ? { system, supported: true } : { system, supported: false, reason },
  );
  return { role: name, ...definitionDocument(role), systems };
}

function definitionDocument({
  summary,
  params,
  examples,
}: Pick<Shown, 'summary' | 'params'> & { readonly examples: readonly unknown[] }): Record<string, unknown> {
  return { summary, parameters: toJsonSchema(params), examples };
}

/** YAML in flow style: JSON is YAML, keys that are plain words lose their quotes. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  return `{ ${entries.join(', ')} }`;
}
