import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { FACT_EXAMPLES } from '../../../src/core/facts.js';
import { EXAMPLE_SYSTEMS } from '../../../src/core/example-systems.js';
import type { OpenrcService } from '../../../src/probes/openrc-services.js';
import type { units } from '../../../src/probes/units.js';
import { scratchFolder } from '../../transport/local-shell.js';
import { adapterWith, closeHosts, drainHost, putProgram } from './drain-host.js';

/** A stand-in for systemctl: the state of a unit is a file. A unit `stubborn` neither stops nor starts. */
const SYSTEMCTL = (folder: string) => `#!/bin/sh
case $1 in --no-ask-password) shift ;; esac
case $1 in
  show)
    for unit in "$@"; do
      case $unit in --* | show) continue ;; esac
      state=not-found; [ ! -e "${folder}/$unit" ] || state=loaded
      printf 'Id=%s\\nNames=%s\\nLoadState=%s\\nActiveState=%s\\n\\n' "$unit" "$unit" "$state" "$(cat "${folder}/$unit" 2>/dev/null || echo inactive)"
    done ;;
  stop | start)
    echo "$1 $3" >>${folder}/told
    case $3 in stubborn*) echo "Job for $3 failed." >&2; exit 1 ;; esac
    if [ "$1" = stop ]; then echo inactive; else echo active; fi >"${folder}/$3" ;;
esac`;

let scratch: ReturnType<typeof scratchFolder>;

beforeEach(() => {
  scratch = scratchFolder();
  putProgram(scratch.path, 'systemctl', SYSTEMCTL(scratch.path));
});
afterEach(() => scratch.dispose());
afterAll(closeHosts);

const path = () => `${scratch.path}:/usr/bin:/bin`;
const told = (): readonly string[] =>
  existsSync(scratch.file('told')) ? readFileSync(scratch.file('told'), 'utf8').trim().split('\n') : [];
const unit = (name: string, state: string): void => writeFileSync(scratch.file(name), `${state}\n`);

/** Reads go through the same shell, so that they find the same programs. */
function box() {
  const host = drainHost({ path: path(), facts: FACT_EXAMPLES });
  const shell = {
    ...host.shell,
    roundTrips: 0,
    read: async (reader: typeof units, key: string) => {
      const [result] = await host.shell.run([{ script: reader.script([key]) }]);
      const output = { code: result?.code ?? 1, stdout: String(result?.stdout), stderr: '' };
      return reader.parse(output, [key])[0];
    },
  };
  return { ...host, shell: shell as unknown as typeof host.shell };
}

describe('systemd', () => {
  test('what ran is stopped in order, and exactly that started in the reverse one', async () => {
    unit('app.service', 'active');
    unit('idle.service', 'inactive');
    unit('backup.timer', 'active');
    unit('db@1.service', 'activating');
    const host = box();
    const drain = await adapterWith('systemd', { units: ['app', 'idle', 'backup.timer', 'db@1'] });
    const found = await drain.find(host);
    expect(found).toEqual({ running: ['app.service', 'backup.timer', 'db@1.service'] });
    expect(drain.describe(found)).toBe('stops app.service, backup.timer, db@1.service');
    await drain.drain(host, found);
    await drain.drain(host, found);
    expect(told()).toEqual(['stop app.service', 'stop backup.timer', 'stop db@1.service']);
    expect(await drain.pending(host, found)).toBe('app.service is inactive');
    unit('db@1.service', 'active');
    await drain.undrain(host, found);
    await drain.undrain(host, found);
    expect(told().slice(3)).toEqual(['start backup.timer', 'start app.service']);
    expect(await drain.pending(host, found)).toBeUndefined();
  });

  test('nothing that runs is nothing to do', async () => {
    unit('app.service', 'failed');
    const drain = await adapterWith('systemd', { units: ['app'] });
    const found = await drain.find(box());
    expect([found, drain.describe(found)]).toEqual([{ running: [] }, undefined]);
  });

  test('a unit that is not there is an error', async () => {
    const drain = await adapterWith('systemd', { units: ['nowhere'] });
    await expect(drain.find(box())).rejects.toMatchObject({ code: 'drain/no-unit' });
  });

  test.each<[string, 'drain' | 'undrain', string, string, string]>([
    [
      'stop',
      'drain',
      'active',
      'drain/not-stopped',
      'stubborn.service of box does not stop: it is active: Job for stubborn.service failed.',
    ],
    [
      'start',
      'undrain',
      'failed',
      'drain/not-started',
      'stubborn.service of box does not start: it is failed: Job for stubborn.service failed.',
    ],
  ])('one that does not %s is told', async (_name, step, state, code, message) => {
    unit('stubborn.service', state);
    const drain = await adapterWith('systemd', { units: ['stubborn'] });
    await expect(drain[step](box(), { running: ['stubborn.service'] })).rejects.toMatchObject({
      code,
      message,
    });
  });

  test.each([['getty@'], ['getty@.service'], ['a b'], ['-x'], ['a\nb'], ['']])(
    '%j is no unit',
    async (name) => {
      await expect(adapterWith('systemd', { units: [name] })).rejects.toThrow();
    },
  );
});

/** A stand-in for rc-service, whose services are started or stopped in `states`. */
function openrcBox(states: Record<string, OpenrcService['activity']>) {
  const asked: string[] = [];
  const host = drainHost({ facts: EXAMPLE_SYSTEMS.alpine });
  const run = async (sections: readonly { script: string }[]) => {
    const [, name = '', verb = ''] = /rc-service -- (\S+) (\w+)/.exec(sections[0]?.script ?? '') ?? [];
    asked.push(`${verb} ${name}`);
    states[name] = verb === 'stop' ? 'stopped' : 'started';
    return [{ code: 0, stdout: Buffer.of(), stderr: Buffer.of(), truncated: false }];
  };
  const read = async (_reader: unknown, name: string) =>
    states[name] === undefined
      ? null
      : { activity: states[name], runlevels: [], isOpenrcScript: true, canReload: false };
  return { host: { ...host, shell: { run, read } as unknown as typeof host.shell }, asked };
}

test('OpenRC: the same, by the names that it has', async () => {
  const { host, asked } = openrcBox({ app: 'started', db: 'started', idle: 'stopped' });
  const drain = await adapterWith('systemd', { units: ['app.service', 'idle', 'db'] });
  const found = await drain.find(host);
  expect(found).toEqual({ running: ['app', 'db'] });
  await drain.drain(host, found);
  expect(await drain.pending(host, found)).toBe('app is stopped');
  await drain.undrain(host, found);
  expect(asked).toEqual(['stop app', 'stop db', 'start db', 'start app']);
  expect(await drain.pending(host, found)).toBeUndefined();
  await expect((await adapterWith('systemd', { units: ['nowhere'] })).find(host)).rejects.toMatchObject({
    code: 'drain/no-unit',
  });
});
