import { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';

/** What may stand in a `.env` as a value. */
export type EnvValue = string | number | boolean | Secret;

/** Between these and not in them nothing has a meaning but for a single quote. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]*$/;

/**
 * The variables as a `.env` that Docker Compose 2 reads back value for value; a secret where one is in it. Values are
 * literal: in single quotes Compose replaces nothing (docs.docker.com/compose/how-tos/environment-variables). Compose 1
 * reads the same unless a value needs quotes of both sorts.
 * @throws HomelabError `render/bad-env` for a value that the format cannot hold
 */
export function envFile(values: Readonly<Record<string, EnvValue>>): string | Secret {
  const lines = Object.entries(values).map(([name, value]) => {
    const text = value instanceof Secret ? value.reveal() : String(value);
    return `${name}=${envWord(name, text)}\n`;
  });
  const isSecret = Object.values(values).some((value) => value instanceof Secret);
  return isSecret ? new Secret(lines.join('')) : lines.join('');
}

function envWord(name: string, text: string): string {
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) throw badValue(name, 'holds a line end or a control character');
  if (PLAIN.test(text)) return text;
  // A backslash before a quote, or at the end, would be taken for an escape.
  if (!text.includes("'") && !text.endsWith('\\')) return `'${text}'`;
  if (/["\\$`]/.test(text))
    throw badValue(name, 'holds a single quote together with one of " \\ $ `, or ends with a backslash');
  return `"${text}"`;
}

function badValue(name: string, why: string): HomelabError {
  return new HomelabError({
    code: 'render/bad-env',
    message: `the value of ${name} ${why}, which a .env cannot hold`,
    hint: 'Put it into a file of its own in the folder of the project, and mount that.',
  });
}
