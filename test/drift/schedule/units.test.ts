import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { credentialName } from '../../../src/core/credential-path.js';
import { parseEvery } from '../../../src/drift/schedule/every.js';
import { readMark } from '../../../src/drift/schedule/schedule-mark.js';
import { serviceUnit, type ServiceOptions } from '../../../src/drift/schedule/service-unit.js';
import { timerUnit } from '../../../src/drift/schedule/timer-unit.js';
import { jobOf } from './job.js';

const SYSTEM: ServiceOptions = { isSystem: true, capabilities: [] };
const USER: ServiceOptions = { isSystem: false, capabilities: [] };
const linesOf = (text: string): string[] => text.split('\n');
const settings = (text: string, name: string): string[] =>
  linesOf(text)
    .filter((line) => line.startsWith(`${name}=`))
    .map((line) => line.slice(name.length + 1));

describe('the service', () => {
  test('runs the check, of which drift is no failure, and never asks', () => {
    const lines = linesOf(serviceUnit(jobOf(), SYSTEM));
    expect(lines).toEqual(
      expect.arrayContaining([
        'Type=oneshot',
        'ExecStart=:/usr/bin/node /opt/homelab/bin/run.js drift -C /srv/house --plain --notify "web-*"',
        'SuccessExitStatus=2',
        'StandardInput=null',
        'TimeoutStartSec=30min',
        'Environment=HOME=/root',
        'Environment=PATH=/usr/bin:/bin',
        'After=network-online.target',
      ]),
    );
  });

  test('tells what is scheduled, for --status', () => {
    const { project, words } = jobOf();
    expect(readMark(serviceUnit(jobOf(), SYSTEM))).toEqual({ project, every: 'daily', words });
  });

  test.each<[string, object, ServiceOptions, string[], string[]]>([
    [
      'root reads keys as credentials, with no right at all',
      {},
      SYSTEM,
      [`${credentialName('/home/ada/my keys/50%')}:/home/ada/my keys/50%%`],
      [''],
    ],
    [
      'root keeps what it needs',
      {},
      { isSystem: true, capabilities: ['CAP_DAC_OVERRIDE'] },
      [`${credentialName('/home/ada/my keys/50%')}:/home/ada/my keys/50%%`],
      ['CAP_DAC_OVERRIDE'],
    ],
    ['a user reads what is theirs', {}, USER, [], []],
    ['a machine that checks itself', { isLocal: true, keyFiles: [] }, SYSTEM, [], []],
  ])('%s', (_what, rest, options, credentials, capabilities) => {
    const text = serviceUnit(jobOf(rest), options);
    expect(settings(text, 'LoadCredential')).toEqual(credentials);
    expect(settings(text, 'CapabilityBoundingSet')).toEqual(capabilities);
  });

  test.each([
    ['the state alone', {}, '/root/.local/state/homelab/house-1a2b3c4d', true],
    [
      'the state and where files go, each once',
      { outputFolders: ['/var/lib/my metrics', '/var/www', '/var/www'] },
      '/root/.local/state/homelab/house-1a2b3c4d "/var/lib/my metrics" /var/www',
      true,
    ],
    [
      'and /tmp as it is, where the project lies in it',
      { project: '/tmp/house' },
      '/root/.local/state/homelab/house-1a2b3c4d /tmp /var/tmp',
      false,
    ],
    ['a name that only begins so', { project: '/tmpfoo' }, '/root/.local/state/homelab/house-1a2b3c4d', true],
  ])('writes to %s', (_what, rest, folders, isPrivate) => {
    const text = serviceUnit(jobOf(rest), SYSTEM);
    expect(settings(text, 'ReadWritePaths')).toEqual([folders]);
    expect(settings(text, 'ProtectSystem')).toEqual(['strict']);
    expect(settings(text, 'PrivateTmp')).toEqual(isPrivate ? ['yes'] : []);
  });

  test('a user has no sandbox of mounts, a machine that checks itself none at all', () => {
    const user = serviceUnit(jobOf(), USER);
    expect(settings(user, 'NoNewPrivileges')).toEqual(['yes']);
    expect(user).not.toMatch(/^(Protect|Private|ReadWrite)/m);
    expect(serviceUnit(jobOf({ isLocal: true }), SYSTEM)).not.toMatch(
      /^(Protect|Private|ReadWrite|NoNew|Restrict|SystemCall)/m,
    );
  });
});

describe('the timer', () => {
  test.each([
    ['daily', 86_400, '900s', '60s'],
    ['15m', 900, '90s', '15s'],
    ['*:*:0/10', 10, '1s', '1s'],
    ['2030-01-01', undefined, '0s', '1s'],
  ])('%s', (written, periodSeconds, delay, accuracy) => {
    const every = parseEvery(written);
    const calendar = every.calendar ?? '';
    const text = timerUnit(jobOf({ every }), { calendar, periodSeconds, isSystem: true });
    expect(settings(text, 'OnCalendar')).toEqual([calendar]);
    expect(settings(text, 'RandomizedDelaySec')).toEqual([delay]);
    expect(settings(text, 'AccuracySec')).toEqual([accuracy]);
    expect(linesOf(text)).toEqual(
      expect.arrayContaining(['Persistent=true', 'FixedRandomDelay=true', 'WantedBy=timers.target']),
    );
    expect(readMark(text)?.every).toBe(written);
  });
});

test.each([
  ['plain', {}],
  [
    'odd names',
    { project: `/srv/my home%h $HOME's "q"`, words: ['drift', '--set', `x=50% $HOME 'a' "b" é;`] },
  ],
  ['a machine that checks itself', { isLocal: true }],
])('systemd has nothing to say: %s', (_what, rest) => {
  const folder = mkdtempSync(join(tmpdir(), 'units-'));
  try {
    const job = jobOf({ program: [process.execPath, '/opt/run.js'], ...rest });
    const calendar = 'daily';
    const files = {
      [`${job.name}.service`]: serviceUnit(job, SYSTEM),
      [`${job.name}.timer`]: timerUnit(job, { calendar, periodSeconds: 86_400, isSystem: true }),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const paths = Object.keys(files).map((name) => join(folder, name));
    const said = execFileSync('sh', ['-c', 'systemd-analyze verify --man=no "$@" 2>&1', 'verify', ...paths], {
      encoding: 'utf8',
    });
    expect(linesOf(said).filter((line) => line.includes(job.name))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
