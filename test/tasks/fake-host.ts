import { FACT_EXAMPLES, type Facts } from '../../src/core/facts.js';
import type { Reader } from '../../src/core/reader.js';
import type { ReadableHost } from '../../src/core/task.js';
import type { FileEntry } from '../../src/probes/files.js';
import type { UnitEntry } from '../../src/probes/units.js';
import type { UserEntry } from '../../src/probes/accounts.js';

/** What the host answers: reader name to key to value. */
export type Answers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface FakeHost extends ReadableHost {
  /** What was asked, as `reader key`, in order. */
  readonly asked: readonly string[];
}

/** A host that answers what is scripted and refuses any other read. */
export function fakeHost(
  answers: Answers,
  options: { facts?: Facts; managedPaths?: readonly string[] } = {},
): FakeHost {
  const asked: string[] = [];
  return {
    name: 'host',
    facts: options.facts ?? FACT_EXAMPLES,
    managedPaths: options.managedPaths,
    asked,
    read: async <Value>({ name }: Reader<Value>, key: string): Promise<Value> => {
      asked.push(`${name} ${key}`);
      const values = answers[name];
      if (values === undefined || !Object.hasOwn(values, key))
        throw new Error(`not scripted: ${name} ${key}`);
      return values[key] as Value;
    },
  };
}

/** The facts of a machine with busybox instead of the usual programs. */
export const ALPINE: Facts = {
  ...FACT_EXAMPLES,
  os: { id: 'alpine', family: 'alpine', version: '3.20.1', codename: '', name: 'Alpine Linux v3.20' },
  init: 'openrc',
  package_manager: 'apk',
};

export function fileEntry(options: Partial<FileEntry> = {}): FileEntry {
  return {
    type: 'file',
    mode: '0644',
    owner: 'root',
    group: 'root',
    uid: '0',
    gid: '0',
    sizeBytes: 4,
    sha256: undefined,
    target: undefined,
    ...options,
  };
}

export function unitEntry(options: Partial<UnitEntry> = {}): UnitEntry {
  return {
    loadState: 'loaded',
    activeState: 'active',
    subState: 'running',
    unitFileState: 'enabled',
    fragmentPath: '/lib/systemd/system/x.service',
    isReloadNeeded: false,
    ...options,
  };
}

export function userEntry(options: Partial<UserEntry> = {}): UserEntry {
  return {
    uid: 1000,
    gid: 1000,
    group: 'alice',
    groups: [],
    home: '/home/alice',
    shell: '/bin/sh',
    isLocked: false,
    ...options,
  };
}
