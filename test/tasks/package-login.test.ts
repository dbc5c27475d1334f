import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import type { Change } from '../../src/core/state.js';
import packageTask from '../../src/tasks/package.js';
import { fakeHost, type FakeHost } from './fake-host.js';

const FOOTING = [
  { path: '/usr/sbin/sshd', package: 'openssh-server' },
  { path: '/usr/bin/sudo', package: 'sudo' },
  { path: '/usr/sbin/wpa_supplicant', package: 'wpasupplicant' },
  { path: '/bin/bash', package: 'bash' },
];

function host(key: string, along: readonly string[], by = 'eth0', manager = 'apt'): FakeHost {
  const answers = {
    'login-footing': { [manager]: FOOTING },
    [`package-removals-${manager}`]: { [key]: along },
    'ssh-peers': { '': { interface: by } },
  };
  return fakeHost(answers, { facts: { ...FACT_EXAMPLES, package_manager: manager } });
}

async function losses(names: readonly string[], on: FakeHost, due = names): Promise<readonly string[]> {
  const changes = due.map((name): Change => ({ field: `names.${name}`, before: 'present', after: 'absent' }));
  const params = packageTask.params.parse({ names, state: 'absent' });
  return (await packageTask.losesLogin?.(on, params, changes)) ?? [];
}

describe('packages that the login stands on', () => {
  test.each<[string, readonly string[], FakeHost, readonly string[]]>([
    [
      'its sshd',
      ['openssh-server'],
      host('openssh-server', ['openssh-server']),
      ['openssh-server goes, with /usr/sbin/sshd'],
    ],
    [
      'what goes along',
      ['libfoo1'],
      host('libfoo1', ['libfoo1', 'sudo']),
      ['sudo goes along, with /usr/bin/sudo'],
    ],
    ['what it does not need', ['cron'], host('cron', ['cron']), []],
    ['another architecture of it', ['bash:i386'], host('bash:i386', ['bash:i386']), []],
    ['a rehearsal that fails', ['bash'], host('bash', []), ['bash goes, with /bin/bash']],
    ['Wi-Fi, with a cable', ['wpasupplicant'], host('wpasupplicant', []), []],
    [
      'Wi-Fi, that it came by',
      ['wpasupplicant'],
      host('wpasupplicant', [], 'wlan0'),
      ['wpasupplicant goes, with /usr/sbin/wpa_supplicant'],
    ],
    [
      'a manager that takes no other along',
      ['bash'],
      host('bash', [], 'eth0', 'pacman'),
      ['bash goes, with /bin/bash'],
    ],
  ])('%s', async (_name, names, on, lost) => {
    await expect(losses(names, on)).resolves.toEqual(lost);
  });

  test('only what is there is asked about', async () => {
    const on = host('cron', []);
    await losses(['cron', 'openssh-server'], on, ['cron']);
    expect(on.asked).toContain('package-removals-apt cron');
    const nothing = fakeHost({});
    await losses(['cron'], nothing, []);
    expect(nothing.asked).toEqual([]);
  });
});
