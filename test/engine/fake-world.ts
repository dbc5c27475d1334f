import * as z from 'zod';
import { HomelabError } from '../../src/core/errors.js';
import type { RunEvent } from '../../src/core/events.js';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { bareHost, type HostConfig } from '../../src/core/host-config.js';
import type { HostPlay, Item, Play } from '../../src/core/item.js';
import type { Reader } from '../../src/core/reader.js';
import type { RemoteShell, RunOptions, Section, SectionResult } from '../../src/core/shell.js';
import { Unknown } from '../../src/core/state.js';
import { runStep } from '../../src/core/step.js';
import { defineTask, type AnyTask } from '../../src/core/task.js';
import type { Transport } from '../../src/core/transport.js';

/**
 * A host that is a map of names to values. Its only program is `set NAME VALUE`, which fails for the names in
 * `broken` and, for those in `deaf`, succeeds without effect. Anything else is refused.
 */
export class FakeWorld implements RemoteShell {
  readonly values: Map<string, string>;
  readonly broken = new Set<string>();
  readonly deaf = new Set<string>();
  /** What `set NAME` also sets, as an installation brings files. */
  readonly brings = new Map<string, readonly [string, string]>();
  /** Every request, as the scripts it carried; reads as `read a b`. */
  readonly requests: string[][] = [];
  onRun: (() => void) | undefined;
  isCut = false;
  #pending: { key: string; resolve: (value: unknown) => void }[] = [];

  constructor(values: Record<string, string> = {}) {
    this.values = new Map(Object.entries(values));
  }

  get roundTrips(): number {
    return this.requests.length;
  }

  read<Value>(reader: Reader<Value>, key: string): Promise<Value> {
    if (reader.name === 'facts') return Promise.resolve(FACT_EXAMPLES as Value);
    if (this.#pending.length === 0) setImmediate(() => this.#answerReads());
    return new Promise((resolve) =>
      this.#pending.push({ key, resolve: resolve as (value: unknown) => void }),
    );
  }

  #answerReads(): void {
    const reads = this.#pending;
    this.#pending = [];
    this.requests.push([`read ${[...new Set(reads.map((read) => read.key))].join(' ')}`]);
    for (const { key, resolve } of reads) resolve(this.values.get(key));
  }

  async run(sections: readonly Section[], options: RunOptions = {}): Promise<SectionResult[]> {
    this.requests.push(sections.map((section) => section.script));
    this.onRun?.();
    if (this.isCut) throw new HomelabError({ code: 'transport/connection-lost', message: 'connection lost' });
    let hasFailed = false;
    return sections.map((section) => {
      const code = hasFailed && options.stopOnFailure === true ? null : this.#execute(section.script);
      hasFailed ||= code !== 0;
      return {
        code,
        stdout: Buffer.alloc(0),
        stderr: Buffer.from(code === 0 ? '' : 'no such thing\n'),
        truncated: false,
      };
    });
  }

  #execute(script: string): number {
    const [program, name = '', value = ''] = script.split(' ');
    if (program !== 'set') throw new Error(`not scripted: ${script}`);
    if (this.broken.has(name)) return 1;
    if (this.deaf.has(name)) return 0;
    this.values.set(name, value);
    const brought = this.brings.get(name);
    if (brought !== undefined) this.values.set(...brought);
    return 0;
  }

  async close(): Promise<void> {}
}

const valueReader: Reader<string | undefined> = {
  name: 'values',
  script: () => '',
  parse: () => [],
};

interface FakeParams {
  readonly name: string;
  readonly value: string;
  /** Unknown until this other name exists. */
  readonly needs?: string | undefined;
  /** Looking at it fails until this other name exists. */
  readonly refusesWithout?: string | undefined;
  /** Its parameters do not fit the machine. */
  readonly isImpossible?: boolean | undefined;
}

const paramsSchema: z.ZodType<FakeParams> = z.strictObject({
  name: z.string(),
  value: z.string(),
  needs: z.string().optional(),
  refusesWithout: z.string().optional(),
  isImpossible: z.boolean().optional(),
});

const setting = {
  summary: 'A value',
  params: paramsSchema,
  examples: [],
  desired: ({ value, isImpossible }: FakeParams) => {
    if (isImpossible === true)
      throw new HomelabError({ code: 'tasks/impossible', message: 'impossible here' });
    return { value };
  },
  probe: async (
    host: Parameters<AnyTask['probe']>[0],
    { name, needs, refusesWithout = needs }: FakeParams,
  ) => {
    const [value, needed] = await Promise.all([
      host.read(valueReader, name),
      refusesWithout === undefined ? 'there' : host.read(valueReader, refusesWithout),
    ]);
    if (needed === undefined && needs === undefined)
      throw new HomelabError({ code: 'tasks/refused', message: `no ${refusesWithout}\nat all` });
    if (needed === undefined) return new Unknown(`${needs} does not exist`);
    return value === undefined ? null : { value };
  },
  steps: ({ params }: { params: FakeParams }) => [runStep(['set', params.name, params.value])],
};

/** A kind that says what it touches, and one that may touch anything. */
export const SET = defineTask<FakeParams>({
  ...setting,
  touches: ({ name }) => [`path:/${name}`],
}) as AnyTask;
export const BARRIER = defineTask<FakeParams>(setting) as AnyTask;

/** An item that sets `name` to `value`. */
export function item(
  task: AnyTask,
  name: string,
  options: Partial<Item> & Partial<Omit<FakeParams, 'name'>> = {},
): Item {
  const { value = 'new', needs, refusesWithout, isImpossible, ...rest } = options;
  return {
    id: name,
    name,
    kind: 'set',
    task,
    params: { name, value, needs, refusesWithout, isImpossible },
    source: { file: 'site.yml', line: 1, column: 1 },
    skipReason: undefined,
    condition: undefined,
    onChange: [],
    sensitive: false,
    retry: undefined,
    onFailure: 'stop',
    ...rest,
  };
}

export function play(
  items: readonly Item[],
  options: Partial<Play> & { actions?: readonly Item[] } = {},
): Play {
  const { actions = [], ...rest } = options;
  const compiled: HostPlay = { items, actions: new Map(actions.map((action) => [action.name, action])) };
  return { name: 'Play', hosts: ['a'], serial: undefined, compile: () => compiled, ...rest };
}

export function host(name: string): HostConfig {
  return bareHost(name, { transport: 'local' });
}

/** A transport to the given worlds; a host without one is down. */
export function transportTo(worlds: Record<string, FakeWorld>): Transport {
  return {
    open: async ({ name }) => {
      const world = worlds[name];
      if (world !== undefined) return world;
      throw new HomelabError({
        code: 'transport/connection-refused',
        message: 'connection refused',
        host: name,
      });
    },
    routeOf: async () => [],
    close: async () => {},
  };
}

/** A sink that keeps what it was told, as short lines. */
export function recorder(): { events: string[]; sink: (event: RunEvent) => void } {
  const events: string[] = [];
  const sink = (event: RunEvent): void => {
    if (event.type === 'task-finished')
      events.push(`${event.host} ${event.result.name} ${event.result.status}`);
    if (event.type === 'play-started') events.push(`play ${event.play}: ${event.hosts.join(' ')}`);
  };
  return { events, sink };
}
