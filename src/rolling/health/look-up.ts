import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Answer = (error: NodeJS.ErrnoException | null, found: readonly LookupAddress[]) => void;

/** How node looks up a name: all addresses. */
export type LookUpAll = (name: string, answer: Answer) => void;

const systemLookUp: LookUpAll = (name, answer) =>
  lookup(name, { all: true, verbatim: true }, (error, found) => answer(error, error === null ? found : []));

/** Node has four threads for this and for files; one stays free for those. */
const MOST_AT_ONCE = 2;

/**
 * A lookup for sockets that asks the system once for a name however many ask at the same time, and for two names at most: while
 * nobody answers, questions that come twice a second would else take all threads of this process.
 */
export function sharedLookUp(lookUp: LookUpAll = systemLookUp): LookupFunction {
  const waiting = new Map<string, Answer[]>();
  const queue: string[] = [];
  let busy = 0;
  const next = (): void => {
    const name = busy < MOST_AT_ONCE ? queue.shift() : undefined;
    if (name === undefined) return;
    busy += 1;
    lookUp(name, (error, found) => {
      busy -= 1;
      const asked = waiting.get(name) ?? [];
      waiting.delete(name);
      for (const answer of asked) answer(error, found);
      next();
    });
  };
  return (name, options, callback) => {
    const answer: Answer = (error, found) => {
      const wanted = found.filter(({ family }) => isWanted(options.family, family));
      const [first] = wanted;
      const failure = error ?? (first === undefined ? new Error(`No address found for ${name}`) : null);
      if (options.all === true) callback(failure, [...wanted]);
      else callback(failure, first?.address ?? '', first?.family);
    };
    const others = waiting.get(name);
    waiting.set(name, [...(others ?? []), answer]);
    if (others === undefined) queue.push(name);
    next();
  };
}

function isWanted(wanted: number | string | undefined, family: number): boolean {
  return wanted === undefined || wanted === 0 || String(wanted).endsWith(String(family));
}
