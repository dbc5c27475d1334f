import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { HomelabError } from '../../src/core/errors.js';
import { Secret } from '../../src/core/secret.js';
import { BecomePassword } from '../../src/transport/become-password.js';
import { FramedShell } from '../../src/transport/framed-shell.js';
import { openLocalChannel } from '../../src/transport/local-channel.js';
import { sudoSource } from '../../src/transport/sudo-source.js';
import { scratchFolder } from './local-shell.js';

const folder = scratchFolder();
afterAll(() => folder.dispose());

/**
 * Stands in for sudo(8): the options homelab uses, three tries, one character at a time from its standard input.
 * FAKE_SUDO: `open` (NOPASSWD), `ask`, `deny` (asks, then refuses), `mute` (never asks). It keeps what it was given.
 */
const FAKE_SUDO = `#!/bin/sh
echo "$*" >> "$LOG.argv"
prompt=Password:
while [ $# -gt 0 ]; do
  case $1 in
    -n) batch=1; shift ;;
    -k | -S) shift ;;
    -p) prompt=$2; shift 2 ;;
    --) shift; break ;;
  esac
done
[ "$FAKE_SUDO" != open ] || exec "$@"
[ "$FAKE_SUDO" != mute ] || [ -n "$batch" ] || exec sleep 30
if [ -n "$batch" ]; then echo 'sudo: a password is required' >&2; exit 1; fi
echo 'We trust you have received the usual lecture.' >&2
for try in 1 2 3; do
  printf %s "$prompt" >&2
  IFS= read -r given || { echo 'sudo: no password was provided' >&2; exit 1; }
  echo "$given" >> "$LOG.given"
  if [ "$given" = "$RIGHT" ]; then
    [ "$FAKE_SUDO" != deny ] || { echo 'me is not in the sudoers file.' >&2; exit 1; }
    exec "$@"
  fi
  echo 'Sorry, try again.' >&2
done
exit 1
`;

let log: string;
let round = 0;
beforeEach(() => {
  round += 1;
  log = folder.file(`log${round}`);
  writeFileSync(folder.file('sudo'), FAKE_SUDO);
  chmodSync(folder.file('sudo'), 0o755);
});

type Mode = 'open' | 'ask' | 'deny' | 'mute' | 'missing';

/** A shell on a host whose sudo behaves as `mode` says. */
function shellOn(host: string, mode: Mode, password: BecomePassword): FramedShell {
  const path = mode === 'missing' ? folder.file('empty') : `${folder.path}:${process.env['PATH']}`;
  const env = { PATH: path, FAKE_SUDO: mode, LOG: log, RIGHT: 'right horse', HOME: folder.path };
  const source = sudoSource({
    host,
    password,
    timeoutMs: mode === 'mute' ? 200 : 10_000,
    openChannel: ([, ...argv]) => openLocalChannel({ argv, env, cwd: '/' }),
  });
  return new FramedShell({ host, source, helloTimeoutMs: 10_000 });
}
const given = (): string[] =>
  existsSync(`${log}.given`) ? readFileSync(`${log}.given`, 'utf8').trimEnd().split('\n') : [];

/** The password of a run, from what a person would type, and how often that person was asked. */
function typed(
  answer: string | undefined,
  env: Record<string, string> = {},
): { password: BecomePassword; asked: () => number } {
  let asked = 0;
  const password = new BecomePassword(env, () => {
    asked += 1;
    return Promise.resolve(answer === undefined ? undefined : new Secret(answer));
  });
  return { password, asked: () => asked };
}

async function firstAnswer(shell: FramedShell): Promise<string> {
  const [result] = await shell.run([{ script: 'cat; echo ran' }]);
  await shell.close();
  return result?.stdout.toString() ?? '';
}

describe('sudo', () => {
  test('without a password costs no round trip, and is given none', async () => {
    const { password, asked } = typed('right horse');
    const shell = shellOn('a', 'open', password);
    expect(await firstAnswer(shell)).toBe('ran\n');
    expect([shell.roundTrips, asked(), given()]).toEqual([1, 0, []]);
    expect(readFileSync(`${log}.argv`, 'utf8')).toBe('-n -- /bin/sh\n');
  });

  test.each([
    ['typed', 'right horse', {}, 1],
    ['from the environment', undefined, { HOMELAB_BECOME_PASSWORD: 'right horse' }, 0],
  ])(
    'with a password %s: sent once, to the prompt, and never in an argument',
    async (_name, answer, env, times) => {
      const { password, asked } = typed(answer, env);
      expect(await firstAnswer(shellOn('a', 'ask', password))).toBe('ran\n');
      expect([asked(), given()]).toEqual([times, ['right horse']]);
      expect(readFileSync(`${log}.argv`, 'utf8')).not.toContain('horse');
    },
  );

  test('asks a person once for all hosts', async () => {
    const { password, asked } = typed('right horse');
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((host) => firstAnswer(shellOn(host, 'ask', password))),
    );
    expect([answers, asked(), given().length]).toEqual([['ran\n', 'ran\n', 'ran\n'], 1, 3]);
  });

  test('tries a wrong password once in the whole run', async () => {
    const { password, asked } = typed('wrong horse');
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((host) => firstAnswer(shellOn(host, 'ask', password))),
    );
    const reasons = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as HomelabError);
    expect(reasons.map((reason) => reason.code)).toEqual(Array(3).fill('transport/sudo-password-wrong'));
    // Which host comes first is up to the machine; the others then say that they were spared.
    const tried = reasons.filter((reason) => reason.message.endsWith('refuses the password'));
    const spared = reasons.filter((reason) => reason.message.includes(`refused by ${tried[0]?.host}, so`));
    expect([tried.length, spared.length]).toEqual([1, 2]);
    expect([asked(), given()]).toEqual([1, ['wrong horse']]);
    expect(JSON.stringify(outcomes)).not.toContain('wrong horse');
  });

  test.each([
    [
      'wants a password and there is none',
      'ask',
      undefined,
      'sudo-password-needed',
      /wants a password: sudo: a password is required$/,
    ],
    [
      'takes the password and refuses the account',
      'deny',
      'right horse',
      'sudo-denied',
      /lecture\. me is not in the sudoers file\.$/,
    ],
    ['asks in no way we know', 'mute', 'right horse', 'timeout', /neither asked/],
    ['is not installed', 'missing', 'right horse', 'sudo-missing', /cannot be run on a/],
  ] as const)('%s', async (_name, mode, answer, code, message) => {
    const shell = shellOn('a', mode, typed(answer).password);
    const first = shell.run([{ script: 'true' }]);
    const second = shell.run([{ script: 'true' }]);
    await expect(first).rejects.toMatchObject({ code: `transport/${code}`, host: 'a' });
    await expect(first).rejects.toThrow(message);
    await expect(second).rejects.toMatchObject({ code: `transport/${code}` });
    expect(given()).toEqual(mode === 'deny' ? ['right horse'] : []);
  });
});
