import { createHash } from 'node:crypto';
import { toShell } from '../core/command.js';
import { InternalError } from '../core/errors.js';
import type { Reader } from '../core/reader.js';
import { Secret } from '../core/secret.js';

/** A question to a host that only its exit code answers. */
export interface Condition {
  /** Text for `sh -c`. */
  readonly shell: string;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | Secret>> | undefined;
}

/** Secrets of keys by their sums: a key is text that may be shown, so it names a secret and does not hold it. */
const secrets = new Map<string, Secret>();

/** The key that asks `condition`. */
export function conditionKey({ shell, cwd, env }: Condition): string {
  return JSON.stringify([shell, cwd ?? null, mapValues(env ?? {}, nameSecret)]);
}

function nameSecret(value: string | Secret): KeyValue {
  if (!(value instanceof Secret)) return value;
  const sum = createHash('sha256').update(value.revealBytes()).digest('hex');
  secrets.set(sum, value);
  return { secret: sum };
}

type KeyValue = string | { readonly secret: string };

function findSecret(value: KeyValue): string | Secret {
  if (typeof value === 'string') return value;
  const secret = secrets.get(value.secret);
  if (secret === undefined)
    throw new InternalError('The key of a condition names a secret of another process');
  return secret;
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

/**
 * Whether the condition of a {@link conditionKey} holds: its command ended with exit code 0. `no program`: with 127, as sh
 * does where it finds no program of a name, and `command -v` in some. What it prints is dropped.
 */
export const conditions: Reader<boolean | 'no program'> = {
  name: 'conditions',
  script: (keys) => {
    const asked = keys.map(
      (key, index) => `( ${commandOf(key)} ) </dev/null >/dev/null 2>&1; printf '%s:%s\\n' ${index} $?`,
    );
    return `${asked.join('\n')}\ntrue`;
  },
  parse: ({ stdout }, keys) => {
    const answers = new Set(stdout.split('\n'));
    return keys.map((_, index) => (answers.has(`${index}:127`) ? 'no program' : answers.has(`${index}:0`)));
  },
};

function commandOf(key: string): string {
  const [shell, cwd, env] = JSON.parse(key) as [string, string | null, Record<string, KeyValue>];
  if (typeof shell !== 'string') throw new InternalError('Not the key of a condition');
  return toShell({ argv: ['sh', '-c', shell], cwd: cwd ?? undefined, env: mapValues(env, findSecret) });
}
