import type { z } from 'zod';
import { Sealed } from '../core/sealed.js';
import { Secret } from '../core/secret.js';

/** Longer values are not repeated in a message: they may be anything, a key among them. */
const LONGEST_SHOWN = 40;

/** What a value is, as a person says it: `a string`, `a list`. Never the value itself. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isHidden(value)) return 'a secret';
  const names: Partial<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    bigint: 'a number',
    boolean: 'true or false',
  };
  return names[typeof value] ?? 'a mapping';
}

/** Whether a value is a secret, opened or not. */
export function isHidden(value: unknown): boolean {
  return value instanceof Secret || value instanceof Sealed;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
  // What the tag !secret makes of text.
  Secret: 'text',
};

/** What zod calls `expected`, in words. */
export function expectedKind(expected: string): string {
  return EXPECTED[expected] ?? expected;
}

/** `a, b or c`. */
export function orList(words: readonly string[]): string {
  const unique = [...new Set(words)];
  if (unique.length < 2) return unique.join('');
  return `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}

/** `, not "x"` for a short plain text, else `, not a list` and the like. */
export function butFound(input: unknown): string {
  const isShort = typeof input === 'string' && input.length <= LONGEST_SHOWN && /^[\x20-\x7e]*$/.test(input);
  return isShort ? `, not ${JSON.stringify(input)}` : `, not ${kindOf(input)}`;
}

function limitWords(origin: string, limit: number | bigint): string {
  if (origin === 'string') return `${limit} character${Number(limit) === 1 ? '' : 's'}`;
  if (origin === 'array' || origin === 'set') return `${limit} item${Number(limit) === 1 ? '' : 's'}`;
  return String(limit);
}

/** Our words for a zod issue that its schema gave none to; undefined leaves it to zod. */
export function wordIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${expectedKind(issue.expected)}, not ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `expected ${orList(issue.values.map(String))}${butFound(issue.input)}`;
    case 'too_small':
      if (issue.origin === 'string' && Number(issue.minimum) === 1) return 'must not be empty';
      return `must be at least ${limitWords(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `must be at most ${limitWords(issue.origin, issue.maximum)}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `must match ${issue.pattern ?? ''}`
        : `must be a valid ${issue.format}`;
    default:
      return undefined;
  }
}
