import { InternalError, HomelabError } from '../core/errors.js';
import type { Reader } from '../core/reader.js';
import type { Section, SectionResult } from '../core/shell.js';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

type RunSections = (sections: readonly Section[]) => Promise<SectionResult[]>;
type AnyReader = Reader<unknown>;

/**
 * Collects the reads that are asked for in one turn of the event loop and sends them as one request: one section for
 * each reader, each key once. What one reader cannot parse fails that reader's reads alone.
 */
export class ReadBatch {
  readonly #run: RunSections;
  #waiting = new Map<AnyReader, Map<string, Waiting[]>>();

  constructor(run: RunSections) {
    this.#run = run;
  }

  /** One value for one key. @throws HomelabError `transport/…`, or what the reader's `parse` throws */
  read<Value>(reader: Reader<Value>, key: string): Promise<Value> {
    if (this.#waiting.size === 0) setImmediate(() => void this.#send());
    return new Promise<Value>((resolve, reject) => {
      const keys = this.#waiting.get(reader) ?? new Map<string, Waiting[]>();
      this.#waiting.set(reader, keys);
      const waiting = keys.get(key) ?? [];
      keys.set(key, waiting);
      waiting.push({ resolve: resolve as (value: unknown) => void, reject });
    });
  }

  async #send(): Promise<void> {
    const batch = [...this.#waiting].flatMap(([reader, keys]) => {
      try {
        return [{ reader, keys, script: reader.script([...keys.keys()]) }];
      } catch (thrown) {
        rejectAll(keys, thrown);
        return [];
      }
    });
    this.#waiting = new Map();
    try {
      const results = await this.#run(batch.map(({ script }) => ({ script })));
      for (const [index, { reader, keys }] of batch.entries()) settle(reader, keys, results[index]);
    } catch (thrown) {
      for (const { keys } of batch) rejectAll(keys, thrown);
    }
  }
}

function settle(
  reader: AnyReader,
  keys: ReadonlyMap<string, readonly Waiting[]>,
  result: SectionResult | undefined,
): void {
  try {
    const values = parseResult(reader, [...keys.keys()], result);
    for (const [index, waiting] of [...keys.values()].entries())
      for (const { resolve } of waiting) resolve(values[index]);
  } catch (thrown) {
    rejectAll(keys, thrown);
  }
}

function parseResult(
  reader: AnyReader,
  keys: readonly string[],
  result: SectionResult | undefined,
): readonly unknown[] {
  if (result === undefined || result.code === null)
    throw new InternalError(`The reader ${reader.name} got no answer`);
  if (result.truncated)
    throw new HomelabError({
      code: 'transport/output-too-long',
      message: `The host's answer for ${reader.name} is too long to be read`,
      hint: 'Read less at a time, or look at the host for what grew.',
    });
  const { code, stdout, stderr } = result;
  const values = reader.parse(
    { code, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') },
    keys,
  );
  if (values.length !== keys.length)
    throw new InternalError(`The reader ${reader.name} gave ${values.length} values for ${keys.length} keys`);
  return values;
}

function rejectAll(keys: ReadonlyMap<string, readonly Waiting[]>, reason: unknown): void {
  for (const waiting of keys.values()) for (const { reject } of waiting) reject(reason);
}
