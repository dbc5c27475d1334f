import type { Printed } from '../core/item.js';
import { Secret } from '../core/secret.js';
import type { Reference } from '../render/render-value.js';
import { UNKNOWN } from '../render/scope.js';

/** An item of the play that prints something. */
export interface Printing {
  readonly name: string;
  /** Whether what it prints is secret. */
  readonly isSecret: boolean;
}

/** What templates may name: a mapping for each earlier item that prints. */
export interface Results {
  /** `results`, where there are any. */
  readonly scope: ResultsScope;
  /** Names whose values were read and are not known yet; grows as templates are rendered. */
  readonly needed: ReadonlySet<string>;
}

type ResultsScope = Readonly<{ results?: Readonly<Record<string, unknown>> }>;

const UNKNOWN_PRINTED = { stdout: UNKNOWN, stderr: UNKNOWN, code: UNKNOWN };
const EXAMPLE: Printed = { stdout: 'example', stderr: '', code: 0 };
const SECRET_EXAMPLE: Printed = { stdout: new Secret('example'), stderr: new Secret(''), code: 0 };

/** The results of these items, as far as they are known. */
export function resultsOf(
  printing: readonly Printing[],
  printed: ReadonlyMap<string, Printed> | undefined,
): Results {
  const values: Record<string, unknown> = {};
  const needed = new Set<string>();
  for (const { name } of printing) {
    const get = (): unknown => {
      const known = printed?.get(name);
      if (known === undefined) needed.add(name);
      return known ?? UNKNOWN_PRINTED;
    };
    Object.defineProperty(values, name, { enumerable: true, get });
  }
  return { scope: toScope(values), needed };
}

/** The same with an example of each that is not known. */
export function exampleResults(
  printing: readonly Printing[],
  printed: ReadonlyMap<string, Printed> | undefined,
): ResultsScope {
  const examples = printing.map(({ name, isSecret }) => [
    name,
    printed?.get(name) ?? (isSecret ? SECRET_EXAMPLE : EXAMPLE),
  ]);
  return toScope(Object.fromEntries(examples) as Record<string, Printed>);
}

function toScope(results: Readonly<Record<string, unknown>>): ResultsScope {
  return Object.keys(results).length === 0 ? {} : { results };
}

/** Whether something was made of results. */
export function mentionsResults(references: readonly Reference[]): boolean {
  return references.some(({ name }) => name === 'results' || name.startsWith('results.'));
}
