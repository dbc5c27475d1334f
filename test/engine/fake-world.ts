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
import { LOCK_EXIT } from '../../src/engine/lock-script.js';
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
  /** What the engine wrote into the journal. */
  journal = '';
  /** Boot id. */
  boot = 'b1';
  /** What a plan reads of the lock: its age and owner, as two lines. */
  lockSeen = '\n';
  /** Another run holds the lock, for this many seconds. */
  heldFor: number | undefined;
  /** Nobody else may have the lock meanwhile; false: somebody took it away. */
  isLockKept = true;
  onRun: (() => void) | undefined;
  isCut = false;
  /** The connection is lost before the lock is released. */
  isCutAtRelease = false;
  #pending: { key: string; resolve: (value: unknown) => void }[] = [];

  constructor(values: Record<string, string> = {}) {
    this.values = new Map(Object.entries(values));
  }

  get roundTrips(): number {
    return this.requests.length;
  }

  read<Value>(reader: Reader<Value>, key: string): Promise<Value> {
    if (reader.name === 'facts') return Promise.resolve(FACT_EXAMPLES as Value);
    if (reader.name === 'host-record') {
      const [record] = reader.parse(
        { code: 0, stderr: '', stdout: `${this.boot}\n${this.lockSeen}\n${this.journal}` },
        [key],
      );
      return Promise.resolve(record as Value);
    }
    if (reader.name === 'login-account')
      return Promise.resolve({
        user: 'admin',
        isRoot: true,
        home: '/home/admin',
        groups: ['admin'],
      } as Value);
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
    const scripts = sections.map((section) => section.script).filter((script) => !isOfLedger(script));
    if (scripts.length > 0) {
      this.requests.push(scripts);
      this.onRun?.();
    }
    const isRelease = sections.some(({ script }) => script.includes("printf 'free"));
    if ((this.isCut && scripts.length > 0) || (this.isCutAtRelease && isRelease))
      throw new HomelabError({ code: 'transport/connection-lost', message: 'connection lost' });
    let hasFailed = false;
    return sections.map((section) => {
      const isLeftOut = hasFailed && options.stopOnFailure === true;
      const done = isLeftOut ? { code: null } : this.#do(section.script);
      const { code } = done;
      hasFailed ||= code !== 0;
      return {
        code,
        stdout: Buffer.from('stdout' in done ? done.stdout : ''),
        stderr: Buffer.from(code === 0 ? '' : 'no such thing\n'),
        truncated: false,
      };
    });
  }

  #do(script: string): { code: number; stdout: string } {
    return isOfLedger(script) ? this.#keep(script) : { code: this.#execute(script), stdout: '' };
  }

  /** Plays the part of the lock and the journal; that the shell text of those does it is tested with real shells. */
  #keep(script: string): { code: number; stdout: string } {
    const owner = { run: 'other', by: 'bob@pc', machine: 'm', boot: 'b', pid: 1, startTicks: 1 };
    if (script.includes('h_mine=')) {
      if (this.heldFor !== undefined)
        return { code: LOCK_EXIT.held, stdout: `${this.heldFor}\nidle\nline\n${JSON.stringify(owner)}\n` };
      return { code: 0, stdout: `1 ${this.boot} 1 1 0 0 r1\n${this.journal}` };
    }
    const isProof = script.includes('h_line=\n');
    if (isProof && !this.isLockKept) return { code: LOCK_EXIT.lost, stdout: '' };
    const written = /^printf '((?:[^']|'\\'')*)' (>>?)/m.exec(script);
    if (written !== null && !written[0].includes('free')) {
      const [, text = '', into] = written;
      const plain = text.replaceAll('\\134', '\\').replaceAll('\\045', '%').replaceAll('\\047', "'");
      this.journal = into === '>' ? plain : this.journal + plain;
    }
    return { code: 0, stdout: '' };
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

function isOfLedger(script: string): boolean {
  return script.startsWith('h_state=');
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
  return {
    name: 'Play',
    hosts: ['a'],
    serial: undefined,
    compile: () => Promise.resolve(compiled),
    services: () => Promise.resolve([]),
    ...rest,
  };
}

export function host(name: string): HostConfig {
  return bareHost(name, { transport: 'local' });
}

/** A transport to the given worlds; a host without one is down. */
export function transportTo(worlds: Record<string, FakeWorld>): Transport {
  const transport: Transport = {
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
    afresh: () => transport,
    close: async () => {},
  };
  return transport;
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
