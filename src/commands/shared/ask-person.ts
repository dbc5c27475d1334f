import { HomelabError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { askSecret, confirm } from '../../report/prompt.js';

/** Asks whoever sits at the terminal. Undefined where nobody does. @throws HomelabError `run/interrupted` */
export function askPerson(question: string): Promise<boolean | undefined> {
  return confirm(question, { stdin: process.stdin, stderr: process.stderr });
}

/** Asks for a secret, typed unseen. Undefined where nobody sits at the terminal. @throws HomelabError `run/interrupted` */
export function askHidden(question: string): Promise<Secret | undefined> {
  return askSecret(`${question}:`, { stdin: process.stdin, stderr: process.stderr });
}

/**
 * The answer of {@link askPerson}, where there has to be one.
 * @throws HomelabError `usage/no-terminal`: `what` follows "there is no terminal to ask"
 */
export function requireAnswer(answer: boolean | undefined, refusal: { what: string; hint: string }): boolean {
  if (answer !== undefined) return answer;
  const message = `there is no terminal to ask${refusal.what}`;
  throw new HomelabError({ code: 'usage/no-terminal', message, hint: refusal.hint });
}
