import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openrcServices } from '../../src/probes/openrc-services.js';
import { parseText, runScript, SHELLS, type HostShell } from './shells.js';

const folder = mkdtempSync(join(tmpdir(), 'openrc-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inFolder = (path: string): string => join(folder, path);
for (const path of [
  'bin',
  'etc/init.d',
  'etc/runlevels/boot',
  'etc/runlevels/default',
  'run/started',
  'run/starting',
])
  mkdirSync(inFolder(path), { recursive: true });

function write(path: string, text: string, mode = 0o755): void {
  writeFileSync(inFolder(path), text);
  chmodSync(inFolder(path), mode);
}

/** What a service of a test is: its script, the code of its \`status\`, its marks and run levels. */
interface Sketch {
  readonly script?: string;
  readonly code: number;
  readonly marks?: readonly string[];
  readonly runlevels?: readonly string[];
}
const OPENRC = '#!/sbin/openrc-run\n';
const LSB = '#!/bin/sh\n';
const SERVICES: Readonly<Record<string, Sketch>> = {
  started: { code: 0, marks: ['started'], runlevels: ['default'] },
  stopped: { code: 3 },
  crashed: { code: 32, marks: ['started'], runlevels: ['boot', 'default'] },
  unsupervised: { code: 64 },
  starting: { code: 8, marks: ['starting'] },
  inactive: { code: 16 },
  silent: { code: 99, marks: ['started'] },
  'odd@name.x': { code: 0 },
  lsb: { script: LSB, code: 0 },
  'lsb-stopped': { script: LSB, code: 3 },
  'lsb-dead': { script: LSB, code: 1, marks: ['started'] },
  'lsb-never': { script: LSB, code: 1 },
  'lsb-silent': { script: LSB, code: 4 },
  reloads: { script: `${OPENRC}extra_started_commands="checkconfig reload"\n`, code: 0 },
  'lsb-reloads': { script: `${LSB}case $1 in\n  reload|force-reload) ;;\nesac\n`, code: 0 },
  'lsb-forced': {
    script: `${LSB}# reload is missing\ncase $1 in\n  restart|force-reload) ;;\nesac\n`,
    code: 0,
  },
};
for (const [name, { script = OPENRC, marks = [], runlevels = [] }] of Object.entries(SERVICES)) {
  write(`etc/init.d/${name}`, script);
  for (const mark of marks) symlinkSync(inFolder(`etc/init.d/${name}`), inFolder(`run/${mark}/${name}`));
  for (const level of runlevels)
    symlinkSync(inFolder(`etc/init.d/${name}`), inFolder(`etc/runlevels/${level}/${name}`));
}
write('etc/init.d/no-program', OPENRC, 0o644);
// Stands in for OpenRC's own: `rc-service -- NAME status`, which reads its input as a daemon might.
write(
  'bin/rc-service',
  `#!/bin/sh\n[ "$1 $3" = '-- status' ] || exit 70\ncat >/dev/null; echo noise; echo noise >&2\ncase $2 in\n${Object.entries(
    SERVICES,
  )
    .map(([name, { code }]) => `${name}) exit ${code} ;;`)
    .join('\n')}\nesac\nexit 71\n`,
);

function readFolder({ argv, path }: HostShell, keys: readonly string[]) {
  const script = openrcServices
    .script(keys)
    .replaceAll('/usr/local/etc/init.d', inFolder('usr/init.d'))
    .replaceAll(' /etc/init.d', ` ${inFolder('etc/init.d')}`)
    .replaceAll('/etc/runlevels', inFolder('etc/runlevels'))
    .replaceAll('/run/openrc', inFolder('run'));
  return openrcServices.parse(runScript({ argv, path: `${inFolder('bin')}:${path}` }, script), keys);
}

describe.each(SHELLS)('openrc-services in %s', (_name, shell) => {
  test('says what each service does', () => {
    const names = Object.keys(SERVICES);
    const found = readFolder(shell, names);
    expect(Object.fromEntries(names.map((name, index) => [name, found[index]?.activity]))).toEqual({
      started: 'started',
      stopped: 'stopped',
      crashed: 'failed',
      unsupervised: 'failed',
      starting: 'starting',
      inactive: 'inactive',
      silent: 'started',
      'odd@name.x': 'started',
      lsb: 'started',
      'lsb-stopped': 'stopped',
      'lsb-dead': 'failed',
      'lsb-never': 'stopped',
      'lsb-silent': 'stopped',
      reloads: 'started',
      'lsb-reloads': 'started',
      'lsb-forced': 'started',
    });
  });

  test('says where it starts, what sort it is, whether it can reload', () => {
    expect(readFolder(shell, ['crashed', 'stopped', 'reloads', 'lsb-reloads', 'lsb-forced'])).toEqual([
      { activity: 'failed', runlevels: ['boot', 'default'], isOpenrcScript: true, canReload: false },
      { activity: 'stopped', runlevels: [], isOpenrcScript: true, canReload: false },
      { activity: 'started', runlevels: [], isOpenrcScript: true, canReload: true },
      { activity: 'started', runlevels: [], isOpenrcScript: false, canReload: true },
      { activity: 'started', runlevels: [], isOpenrcScript: false, canReload: false },
    ]);
  });

  test('what has no script is no service', () => {
    expect(readFolder(shell, ['nonesuch', 'no-program', '..', 'started'])).toEqual([
      null,
      null,
      null,
      expect.objectContaining({ activity: 'started' }),
    ]);
  });
});

test.each(['0 0 - openrc', '0 0 - other -', 'x 0 - lsb -', '0 1000 - lsb -'])('%j is no answer', (line) => {
  expect(parseText(openrcServices, `${line}\n`, ['a'])).toEqual([null]);
});
