import { HomelabError, toHomelabError } from '../core/errors.js';
import type { Item, Printed } from '../core/item.js';
import { redact } from '../core/redaction.js';
import { Secret } from '../core/secret.js';
import type { SectionResult } from '../core/shell.js';
import { locate } from './probe-item.js';

/** What items of one play have printed on one host, by the name later ones call it. */
export type PrintedByName = Map<string, Printed>;

/** What a step printed, as later items may use it. Of a sensitive item it is secret, and where a secret is in it. */
export function toPrinted({ stdout, stderr, code }: SectionResult, isSensitive: boolean): Printed {
  const textOf = (output: Buffer): string | Secret => {
    const text = output.toString('utf8').replace(/\n+$/, '');
    return isSensitive || redact(text) !== text ? new Secret(text) : text;
  };
  return { stdout: textOf(stdout), stderr: textOf(stderr), code: code ?? 0 };
}

/**
 * Completes an item, in place, that was waiting for what others print; from then on it is like any other.
 * @returns why that cannot be
 */
export async function completeItem(
  item: Item,
  printed: PrintedByName,
  host: string,
): Promise<HomelabError | undefined> {
  const { late } = item;
  if (late === undefined) return undefined;
  const missing = late.needs.find((name) => !printed.has(name));
  if (missing !== undefined) return noResult(item, missing, host);
  try {
    Object.assign(item, await late.complete(printed));
    return undefined;
  } catch (thrown) {
    return locate(toHomelabError(thrown), host, item);
  }
}

/** The same error for an action that only an earlier run owes: what it was to be made of went with that run. */
export function lostResult({ message, host, task, source }: HomelabError, since: string): HomelabError {
  return new HomelabError({
    code: 'engine/lost-result',
    message: `${message}; run ${since} owed this action, and what was printed then is not kept`,
    hint: 'Do it by hand and remove the journal of homelab on the host; or let what prints run every time (always: true).',
    host,
    task,
    source,
  });
}

/** The error for an item that is made of what another would have printed, had it run. */
export function noResult(item: Item, name: string, host: string): HomelabError {
  return new HomelabError({
    code: 'engine/no-result',
    message: `results.${name} is nothing: "${name}" has nothing to do here, so it prints nothing`,
    hint: `Let it run every time (always: true), or leave this item out with \`when: { changed: ${name} }\`.`,
    host,
    task: item.name,
    source: item.source,
  });
}
