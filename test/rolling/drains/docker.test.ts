import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DrainHost } from '../../../src/core/drain.js';
import { scratchFolder } from '../../transport/local-shell.js';
import {
  adapterWith,
  closeHosts,
  drainHost,
  linkPrograms,
  putProgram,
  startStandIn,
  type SeenRequest,
  type StandIn,
  type StandInAnswer,
} from './drain-host.js';

interface Box {
  readonly id: string;
  readonly name: string;
  running: boolean;
  health?: string;
  readonly needs?: string;
  readonly autoRemove?: boolean;
  readonly startedAt: string;
}

const boxes = (): Box[] => [
  { id: 'aaaaaaaaaaaa', name: 'app', running: true, needs: 'db:service_healthy:true', startedAt: '1' },
  { id: 'bbbbbbbbbbbb', name: 'db', running: true, health: 'healthy', startedAt: '2' },
  { id: 'cccccccccccc', name: 'idle', running: false, startedAt: '0' },
];

const inspected = ({ id, name, running, health, needs, autoRemove, startedAt }: Box) => ({
  Id: id,
  Name: `/${name}`,
  State: {
    Running: running,
    StartedAt: `2026-11-22T05:00:0${startedAt}Z`,
    ...(health === undefined ? {} : { Health: { Status: health } }),
  },
  Config: {
    StopTimeout: name === 'db' ? 30 : undefined,
    Labels: {
      'com.docker.compose.project': 'p',
      'com.docker.compose.service': name,
      ...(needs === undefined ? {} : { 'com.docker.compose.depends_on': needs }),
    },
  },
  HostConfig: { AutoRemove: autoRemove ?? false, NetworkMode: 'bridge' },
});

/** A stand-in for the engine of Docker. */
class Engine {
  boxes = boxes();
  liveRestore = true;
  isDown = false;

  answer({ method, path }: Pick<SeenRequest, 'method' | 'path'>): StandInAnswer | undefined {
    if (this.isDown) return { status: 503, body: 'starting' };
    if (path === '/info') return { body: { LiveRestoreEnabled: this.liveRestore } };
    if (path === '/containers/json')
      return { body: this.boxes.filter((one) => one.running).map(({ id: Id }) => ({ Id })) };
    const [, key, verb] = /^\/containers\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const box = this.boxes.find(({ id, name }) => id === key || name === key);
    if (box === undefined) return { status: 404, body: { message: 'No such container' } };
    if (method === 'GET') return { body: inspected(box) };
    const isStart = verb === 'start';
    if (box.running === isStart) return { status: 304, body: '' };
    box.running = isStart;
    return { status: 204, body: '' };
  }
}

let engine: Engine;
let server: StandIn;
let scratch: ReturnType<typeof scratchFolder>;

beforeEach(async () => {
  engine = new Engine();
  scratch = scratchFolder();
  server = await startStandIn((request) => engine.answer(request), scratch.file('docker.sock'));
});
afterEach(async () => {
  await server.close();
  scratch.dispose();
});
afterAll(closeHosts);

const adapter = (more: object = {}) =>
  adapterWith('docker', { socket: scratch.file('docker.sock'), ...more });
const told = () => server.changes().map(([request]) => request);
const REBOOT: DrainHost['work'] = { packages: [], reboot: 'yes' };

describe('what has to stop', () => {
  const upgrade = (name: string, from: string, to: string): DrainHost['work'] => ({
    packages: [{ name, from, to }],
    reboot: 'no',
  });
  test.each<[string, DrainHost['work'], boolean, boolean, boolean]>([
    ['nothing of Docker', upgrade('curl', '1', '2'), true, true, false],
    [
      'its commands alone',
      upgrade('docker-ce-cli', '5:27.1.1-1~debian.12~bookworm', '5:28.0.0-1'),
      false,
      false,
      false,
    ],
    ['a patch release', upgrade('docker.io', '20.10.24+dfsg1-1+b3', '20.10.25+dfsg1-1'), true, true, false],
    [
      'a patch release of the vendor',
      upgrade('docker-ce', '5:28.1.0-1~debian.12~bookworm', '5:28.1.1-1~debian.12~bookworm'),
      true,
      true,
      false,
    ],
    ['a minor release', upgrade('docker-ce', '5:28.1.0-1', '5:28.2.0-1'), true, true, true],
    [
      'a patch release that the engine does not survive',
      upgrade('docker-ce', '5:28.1.0-1', '5:28.1.1-1'),
      false,
      true,
      true,
    ],
    [
      'a patch release where it is not wanted',
      upgrade('docker-ce', '5:28.1.0-1', '5:28.1.1-1'),
      true,
      false,
      true,
    ],
    ['another containerd', upgrade('containerd.io', '1.7.1-1', '2.0.0-1'), true, true, true],
    ['a reboot', REBOOT, true, true, true],
    ['perhaps a reboot', { packages: [], reboot: 'maybe' }, true, true, true],
  ])('%s', async (_name, work, liveRestoreOn, liveRestore, mustStop) => {
    engine.liveRestore = liveRestoreOn;
    const drain = await adapter({ liveRestore });
    const host = drainHost({ work });
    const found = await drain.find(host);
    expect(found['mustStop']).toBe(mustStop);
    expect(drain.describe(found)).toBe(mustStop ? 'stops the containers app, db' : undefined);
    await drain.drain(host, found);
    expect(told()).toHaveLength(mustStop ? 2 : 0);
  });
});

test('those that ran stop in order, and exactly they are started', async () => {
  const drain = await adapter();
  const host = drainHost({ work: REBOOT });
  const found = await drain.find(host);
  expect(found['containers']).toEqual([
    { id: 'bbbbbbbbbbbb', name: 'db', stopTimeout: 30, isHealthy: true },
    { id: 'aaaaaaaaaaaa', name: 'app', stopTimeout: 10, isHealthy: false },
  ]);
  await drain.drain(host, found);
  await drain.drain(host, found);
  expect(told()).toEqual(['POST /containers/aaaaaaaaaaaa/stop', 'POST /containers/bbbbbbbbbbbb/stop']);
  expect(await drain.pending(host, found)).toBe('the container db does not run');
  server.requests.splice(0);
  await drain.undrain(host, found);
  await drain.undrain(host, found);
  expect(told()).toEqual(['POST /containers/bbbbbbbbbbbb/start', 'POST /containers/aaaaaaaaaaaa/start']);
  expect(await drain.pending(host, found)).toBeUndefined();
});

test('what came up by itself is left alone, and what was healthy has to be', async () => {
  const drain = await adapter();
  const host = drainHost({ work: REBOOT });
  const found = await drain.find(host);
  await drain.drain(host, found);
  server.requests.splice(0);
  engine.boxes = boxes().map((one) => ({
    ...one,
    running: one.name === 'db',
    ...(one.name === 'db' ? { health: 'starting' } : {}),
  }));
  await drain.undrain(host, found);
  expect(told()).toEqual(['POST /containers/aaaaaaaaaaaa/start']);
  expect(await drain.pending(host, found)).toBe('the container db is starting');
});

test('one that was made anew is known by its name; one that is gone is told', async () => {
  const drain = await adapter();
  const host = drainHost({ work: REBOOT });
  const found = await drain.find(host);
  engine.boxes = boxes().map((one) => ({ ...one, id: one.id.replaceAll(/./g, 'e'), running: false }));
  engine.boxes = engine.boxes.filter(({ name }) => name === 'db');
  await drain.undrain(host, found);
  expect(told()).toEqual(['POST /containers/eeeeeeeeeeee/start']);
  expect(await drain.pending(host, found)).toBe('the container app is gone');
});

test('one that goes with its end is said to be lost, and not stopped by us', async () => {
  engine.boxes = [{ id: 'dddddddddddd', name: 'once', running: true, autoRemove: true, startedAt: '1' }];
  const drain = await adapter();
  const host = drainHost({ work: REBOOT });
  const found = await drain.find(host);
  expect(drain.describe(found)).toBe('ends once for good (--rm)');
  await drain.drain(host, found);
  engine.boxes = [];
  expect(told()).toEqual([]);
  expect(await drain.pending(host, found)).toBeUndefined();
});

test('an engine that does not answer yet is waited for, and pending', async () => {
  const drain = await adapter();
  let pauses = 0;
  const host = drainHost({
    onPause: () => {
      pauses += 1;
      engine.isDown = pauses < 3;
    },
  });
  const found = await drain.find(host);
  engine.isDown = true;
  expect(await drain.pending(host, found)).toContain('answers GET /info with 503: starting');
  await drain.undrain(host, found);
  expect(pauses).toBe(3);
});

/** A stand-in for the command docker: prints what is in files, and notes what it is told. */
const DOCKER = (folder: string) => `#!/bin/sh
shift 2
echo "$*" >>${folder}/told
case $1 in
  info) echo '{"LiveRestoreEnabled":false}' ;;
  ps) echo aaaaaaaaaaaa ;;
  inspect) [ -e "${folder}/$4.json" ] || { echo "Error: No such container: $4" >&2; exit 1; }; cat "${folder}/$4.json" ;;
  stop) sed -i s/true/false/ "${folder}/$2.json" ;;
  start) sed -i s/false/true/ "${folder}/$2.json" ;;
esac`;

test('where there is no curl, the command docker does the same', async () => {
  linkPrograms(scratch.path, ['/bin/cat', '/bin/sed', '/bin/sh']);
  putProgram(scratch.path, 'docker', DOCKER(scratch.path));
  const [app] = boxes().map((one) => ({ ...inspected(one), HostConfig: {} }));
  writeFileSync(scratch.file('aaaaaaaaaaaa.json'), JSON.stringify([app]));
  const host = drainHost({ path: scratch.path, work: REBOOT });
  const drain = await adapter();
  const found = await drain.find(host);
  expect(found).toMatchObject({ containers: [{ name: 'app' }], mustStop: true });
  await drain.drain(host, found);
  expect(await drain.pending(host, found)).toBe('the container app does not run');
  await drain.undrain(host, found);
  expect(await drain.pending(host, found)).toBeUndefined();
  const lines = readFileSync(scratch.file('told'), 'utf8').split('\n');
  expect(lines.filter((line) => /^(?:stop|start)/.test(line))).toEqual([
    'stop aaaaaaaaaaaa',
    'start aaaaaaaaaaaa',
  ]);
  expect(server.requests).toEqual([]);
});
