import type { z } from 'zod';
import { didYouMean, nearestNames } from '../core/nearest.js';
import { Sealed } from '../core/sealed.js';
import type { YamlPath } from './document.js';
import { candidatesOf, knownKeys, withoutIgnoredKeys } from './schema-shape.js';
import { butFound, expectedKind, isHidden, kindOf, orList, wordIssue } from './schema-wording.js';

/** One thing a schema has against a value. */
export interface SchemaProblem {
  /** From the root of the checked value. */
  readonly path: YamlPath;
  readonly message: string;
  readonly hint: string | undefined;
  /** The key at the end of `path` is wrong, not its value. */
  readonly isKey: boolean;
  /** The key that the mapping at `path` lacks. */
  readonly missing?: string | undefined;
  /** The key that was probably meant by the unknown one at the end of `path`. */
  readonly meant?: string | undefined;
  /** The value is a secret where one would be seen: wrong whatever is in it. */
  readonly isSecretSeen?: boolean | undefined;
}

/** A parsed value, or why there is none. */
export type SchemaResult<T> =
  | { readonly isValid: true; readonly value: T; readonly problems: readonly SchemaProblem[] }
  | { readonly isValid: false; readonly problems: readonly SchemaProblem[] };

/**
 * `value` as `schema` parses it, or every problem in words. Keys beginning with `x-` are ignored wherever a mapping has
 * fixed keys. Messages repeat no value but short ones where one of a few words was expected.
 */
export function schemaProblems<T>(value: unknown, schema: z.ZodType<T>): SchemaResult<T> {
  const checked = withoutIgnoredKeys(value, candidatesOf(schema));
  const result = schema.safeParse(checked, { error: wordIssue, jitless: true });
  if (result.success) return { isValid: true, value: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) => describeIssue(issue, checked, schema));
  return { isValid: false, problems: problems.filter((one) => !isMisspelt(one, problems)) };
}

/** A key that is missing because it is there with a slip of the pen: that is told already. */
function isMisspelt({ missing, path }: SchemaProblem, problems: readonly SchemaProblem[]): boolean {
  if (missing === undefined) return false;
  const place = path.join('\0');
  return problems.some((one) => one.meant === missing && one.path.slice(0, -1).join('\0') === place);
}

/** A zod issue of a whole value as problems; unknown keys are one each, a union is the member that was meant. */
function describeIssue(issue: z.core.$ZodIssue, value: unknown, schema: z.ZodType): SchemaProblem[] {
  const path = issue.path as YamlPath;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => unknownKey(key, path, known));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && !isHidden(valueAt(value, path)))
    return describeUnion(issue, value, schema);
  if (issue.code === 'invalid_key') {
    return [problem(path, `${label(path)}: ${issue.issues[0]?.message ?? issue.message}`, { isKey: true })];
  }
  const found = valueAt(value, path);
  if (isHidden(found) && issue.code !== 'custom')
    return found instanceof Sealed && found.isTold ? [] : [secretInSight(path)];
  const choices = choicesOf(issue);
  if (path.length > 0 && found === undefined && issue.code !== 'custom') {
    const parent = path.slice(0, -1);
    const message = `${label(parent, ': ')}the key "${String(path.at(-1))}" is missing`;
    const kinds = issue.code === 'invalid_type' ? [expectedKind(issue.expected)] : [];
    const hint = `It takes ${orList([...choices, ...kinds])}.`;
    return [{ ...problem(parent, message, { hint, isKey: true }), missing: String(path.at(-1)) }];
  }
  const hint = typeof found === 'string' ? didYouMean(found, choices) : undefined;
  const isTag = issue.code === 'invalid_union' && choices.length > 0;
  const message = isTag ? `expected ${orList(choices)}${butFound(found)}` : issue.message;
  return [problem(path, `${label(path, ': ')}${message}`, { hint })];
}

/** The words that would have been right: of an enumeration, or of the key that tells the members of a union apart. */
function choicesOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union' || !('options' in issue)) return [];
  return (issue.options ?? []).map(String);
}

function describeUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  value: unknown,
  schema: z.ZodType,
): SchemaProblem[] {
  const path = issue.path as YamlPath;
  // A member without a complaint about the value as a whole is of the right kind: its complaints are the useful ones.
  const [best] = issue.errors
    .filter((issues) => !issues.some(isAtRoot))
    .toSorted((a, b) => weightOf(a) - weightOf(b));
  if (best !== undefined) {
    return best.flatMap((inner) =>
      describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, value, schema),
    );
  }
  const found = valueAt(value, path);
  const roots = issue.errors.flatMap((issues) => issues.filter(isAtRoot));
  const choices = roots.flatMap((root) => (root.code === 'invalid_value' ? root.values.map(String) : []));
  const kinds = roots.flatMap((root) => (root.code === 'invalid_type' ? [expectedKind(root.expected)] : []));
  const butNot = choices.length > 0 ? butFound(found) : `, not ${kindOf(found)}`;
  const hint = typeof found === 'string' ? didYouMean(found, choices) : undefined;
  return [problem(path, `${label(path, ': ')}expected ${orList([...choices, ...kinds])}${butNot}`, { hint })];
}

function isAtRoot({ path, code }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

/** Unknown keys weigh most: the member that knows the keys is the one that was meant. */
function weightOf(issues: readonly z.core.$ZodIssue[]): number {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  return unknown.length * 100 + issues.length;
}

function secretInSight(path: YamlPath): SchemaProblem {
  const hint =
    'Secrets go where nothing shows them: content of files, templates, `stdin` and `env` of a command, a password hash, an address to download from.';
  const message = `${label(path, ': ')}a secret cannot stand here, where it would be seen`;
  return { ...problem(path, message, { hint }), isSecretSeen: true };
}

function unknownKey(key: string, path: YamlPath, known: readonly string[]): SchemaProblem {
  const where = path.length === 0 ? '' : ` in ${label(path)}`;
  const list = known.length === 0 ? undefined : `Known keys: ${known.join(', ')}.`;
  const hint = didYouMean(key, known) ?? list;
  const [meant] = nearestNames(key, known);
  return { ...problem([...path, key], `unknown key "${key}"${where}`, { hint, isKey: true }), meant };
}

function problem(
  path: YamlPath,
  message: string,
  rest: { readonly hint?: string | undefined; readonly isKey?: boolean },
): SchemaProblem {
  return { path, message, hint: rest.hint, isKey: rest.isKey ?? false };
}

/** `hosts.gate.via[1]`, with `after` behind it unless it is empty. */
function label(path: YamlPath, after = ''): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? '' : text.replace(/^\./, '') + after;
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (found, part) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, part)
        ? (found as Record<string | number, unknown>)[part]
        : undefined,
    value,
  );
}
