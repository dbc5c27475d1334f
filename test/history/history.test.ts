import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { historyFolder } from '../../src/history/history-folder.js';
import { RunRecord } from '../../src/history/run-record.js';
import { findRun, readRun, recordedRuns } from '../../src/history/run-records.js';

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'homelab-history-')), 'runs');
});

afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const ownerOf = (run: string) => ({
  run,
  by: 'ada@pc',
  machine: 'm',
  boot: 'b',
  namespace: 'n',
  pid: 7,
  startTicks: 8,
});
const TASK = { type: 'task-finished', host: 'a', id: 'p/x', name: 'X', kind: 'file', status: 'changed' };

function record(run: string, ...documents: readonly object[]): void {
  const record = new RunRecord(folder, { command: 'provision', owner: ownerOf(run), hosts: ['a', 'b'] });
  for (const document of documents) record.add(JSON.stringify(document));
  record.close();
}

describe('history folder', () => {
  test.each<[string, string | undefined, Record<string, string>, RegExp]>([
    ['settings say', '/var/homelab', {}, /^\/var\/homelab\/runs$/],
    [
      'XDG_STATE_HOME',
      undefined,
      { XDG_STATE_HOME: '/state', HOME: '/home/ada' },
      /^\/state\/homelab\/lab-[0-9a-f]{8}\/runs$/,
    ],
    [
      'one that is not absolute does not count',
      undefined,
      { XDG_STATE_HOME: 'state', HOME: '/home/ada' },
      /^\/home\/ada\/\.local\/state\/homelab\/lab-[0-9a-f]{8}\/runs$/,
    ],
  ])('%s', (_name, state, env, expected) => {
    expect(historyFolder({ projectDir: '/srv/lab', state, env })).toMatch(expected);
  });

  test('two projects of the same name have one each', () => {
    const folders = ['/a/lab', '/b/lab'].map((projectDir) =>
      historyFolder({ projectDir, state: undefined, env: { HOME: '/home/ada' } }),
    );
    expect(new Set(folders).size).toBe(2);
  });
});

describe('a record', () => {
  test('is read as it was written, and by nobody else', () => {
    record(
      'r1',
      { ...TASK, changes: [{ field: 'mode', before: '0644', after: '0600' }] },
      { type: 'host-finished', host: 'a', status: 'changed', error: null },
      { type: 'run-finished', exitCode: 0, durationMs: 12 },
    );
    expect(readRun(folder, 'r1')).toMatchObject({
      ...ownerOf('r1'),
      command: 'provision',
      hosts: ['a', 'b'],
      tasks: [{ name: 'X', changes: [{ field: 'mode', before: '0644', after: '0600' }] }],
      ended: [{ host: 'a', status: 'changed' }],
      end: { exitCode: 0, durationMs: 12 },
    });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'r1.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('that was cut short tells what was known', () => {
    record('r1', TASK);
    appendFileSync(join(folder, 'r1.jsonl'), '{"type":"task-finished","host":"a","id":"p/y"}\n{"type":"ru');
    expect(readRun(folder, 'r1')).toMatchObject({ tasks: [{ id: 'p/x' }], ended: [], end: undefined });
  });

  test('that is no record is none', () => {
    record('r1');
    writeFileSync(join(folder, 'r2.jsonl'), '[]\n"x"\nnonsense\n');
    expect(recordedRuns(folder)).toEqual(['r2', 'r1']);
    expect(readRun(folder, 'r2')).toBeUndefined();
    expect(recordedRuns(join(folder, 'nowhere'))).toEqual([]);
  });

  test('the oldest make room', () => {
    record('r0');
    for (let index = 1; index < 502; index++)
      writeFileSync(join(folder, `s${String(index).padStart(4, '0')}.jsonl`), '');
    record('t');
    const left = readdirSync(folder).toSorted();
    expect(left).toHaveLength(500);
    expect([left[0], left.at(-1)]).toEqual(['s0003.jsonl', 't.jsonl']);
  });

  test('that cannot be written stops the run before it begins', () => {
    writeFileSync(join(folder, '..', 'file'), '');
    expect(
      () =>
        new RunRecord(join(folder, '..', 'file', 'runs'), { command: 'x', owner: ownerOf('r'), hosts: [] }),
    ).toThrow(/^cannot record this run in .* \(ENOTDIR\)$/);
    chmodSync(join(folder, '..'), 0o700);
  });
});

describe('findRun', () => {
  beforeEach(() => {
    for (const run of ['20261121T061452-aaaaaa', '20261121T071452-bbbbbb', '20261122T000000-cccccc'])
      record(run);
  });

  test.each<[string, string]>([
    ['20261121T061452-aaaaaa', '20261121T061452-aaaaaa'],
    ['20261121T07', '20261121T071452-bbbbbb'],
    ['last', '20261122T000000-cccccc'],
  ])('%s', (wanted, run) => {
    expect(findRun(folder, wanted).run).toBe(run);
  });

  test.each<[string, string, RegExp]>([
    ['20261121', '"20261121" begins 2 runs', /^They are 20261121T071452-bbbbbb, 20261121T061452-aaaaaa\.$/],
    ['20261121T061452-aaaaab', 'no run "20261121T061452-aaaaab" is recorded', /^Did you mean .*aaaaaa/],
    ['x', 'no run "x" is recorded', /^`homelab history` lists/],
  ])('%s is refused', (wanted, message, hint) => {
    expect(() => findRun(folder, wanted)).toThrow(
      expect.objectContaining({ code: 'usage/unknown-run', message, hint: expect.stringMatching(hint) }),
    );
  });
});
