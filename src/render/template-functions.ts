import { quote } from '../core/quote.js';
import { Secret } from '../core/secret.js';

/** What a template may call besides `if`, `unless`, `each` and `with`. Pure; the same for check and rendering. */
export interface TemplateFunction {
  readonly usage: string;
  readonly least: number;
  readonly most: number;
  /** With secrets: passed through as they are, text that is secret as well, or an error. Default: an error. */
  readonly secrets?: 'pass' | 'hide';
  /** @throws BadArgument in words that continue "name: …" */
  readonly call: (...values: readonly unknown[]) => unknown;
}

/** A value that a function cannot work with. */
export class BadArgument extends Error {}

/** By name. `{{default (lookup vars.ports host.name) 22}}`: they nest. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['json', { usage: 'json VALUE [INDENT]', least: 1, most: 2, secrets: 'hide', call: json }],
  ['join', { usage: 'join LIST SEPARATOR', least: 2, most: 2, secrets: 'hide', call: join }],
  ['eq', { usage: 'eq VALUE VALUE', least: 2, most: 2, call: (a, b) => scalarText(a) === scalarText(b) }],
  [
    'default',
    { usage: 'default VALUE FALLBACK', least: 2, most: 2, secrets: 'pass', call: (a, b) => a ?? b },
  ],
  ['lookup', { usage: 'lookup MAPPING KEY', least: 2, most: 2, secrets: 'pass', call: lookup }],
  [
    'quote',
    { usage: 'quote VALUE', least: 1, most: 1, secrets: 'hide', call: (value) => quote(lineText(value)) },
  ],
]);

/** Whether a value of YAML holds a secret somewhere. */
export function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret);
}

/** A value with the secrets in it opened: what is made of it has to become one. */
export function withoutMask(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(withoutMask);
  if (typeof value !== 'object' || value === null || !holdsSecret(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutMask(inner)]));
}

function json(value: unknown, indent: unknown = 0): string {
  if (typeof indent !== 'number') throw new BadArgument('the indent is a number of spaces');
  return JSON.stringify(value ?? null, null, indent);
}

function join(list: unknown, separator: unknown): string {
  if (!Array.isArray(list)) throw new BadArgument('the first value has to be a list');
  return list.map(scalarText).join(scalarText(separator));
}

function lookup(holder: unknown, key: unknown): unknown {
  if (typeof holder !== 'object' || holder === null)
    throw new BadArgument('the first value has to be a mapping or a list');
  const name = scalarText(key);
  if (!Object.hasOwn(holder, name)) throw new BadArgument(`there is no "${name.slice(0, 80)}" in it`);
  return (holder as Record<string, unknown>)[name];
}

/** Numbers and booleans compare and print as they are written. */
function scalarText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Secret) throw new BadArgument('expected text or a number, not a secret');
  if (typeof value === 'object') throw new BadArgument('expected text or a number, not a list or a mapping');
  return `${value as string | number | boolean}`;
}

function lineText(value: unknown): string {
  const text = scalarText(value);
  if (text.includes('\0')) throw new BadArgument('the text holds a NUL character');
  return text;
}
