import { expect, test } from '@jest/globals';
import { HomelabError } from '../../../src/core/errors.js';
import { bareHost } from '../../../src/core/host-config.js';
import type { RemoteShell, Section, SectionResult } from '../../../src/core/shell.js';
import type { Transport } from '../../../src/core/transport.js';
import { GuardedChange } from '../../../src/engine/guard/guarded-change.js';
import { sshArea } from '../../../src/engine/guard/ssh-area.js';

/** Longer than any test may take: whoever waits for the end of it does not come back in time. */
const HOURS = 2 * 60 * 60;
const STEP_FAILED = ['applied', '3', 'out', 'err', ''].join('\0');
const STEPS_DONE = ['applied', '0', 'out', '', ''].join('\0');

type Answer = string | HomelabError;

const failure = (code: string) => new HomelabError({ code, message: code });
const LOST = failure('transport/connection-lost');
const DOWN = failure('transport/connection-refused');
const REFUSED = failure('transport/auth-failed');

/** Answers one request after the other with what it is given, and is lost from the first error on. */
function shellThat(answers: readonly Answer[]): RemoteShell {
  const left = [...answers];
  return {
    roundTrips: 0,
    run: async (sections: readonly Section[]): Promise<SectionResult[]> => {
      const answer = left.shift() ?? LOST;
      if (answer instanceof HomelabError) left.unshift(answer);
      if (answer instanceof HomelabError) throw answer;
      const result = { code: 0, stdout: Buffer.from(answer), stderr: Buffer.alloc(0), truncated: false };
      return sections.map(() => result);
    },
    read: () => Promise.reject(LOST),
    close: async () => {},
  };
}

/** Logins as they come: an error for one that fails, else what its requests are answered, the question for root first. */
class Logins {
  made = 0;
  readonly #next: () => Answer | readonly Answer[];

  constructor(next: () => Answer | readonly Answer[]) {
    this.#next = next;
  }

  transport(): Transport {
    const open = async (): Promise<RemoteShell> => {
      this.made += 1;
      const login = this.#next();
      if (login instanceof HomelabError) throw login;
      return shellThat(['', ...(typeof login === 'string' ? [login] : login)]);
    };
    return { open, routeOf: async () => [], afresh: () => this.transport(), close: async () => {} };
  }
}

function change({ answers, logins, seconds }: { answers: Answer[]; logins: Logins; seconds: number }) {
  return new GuardedChange({
    id: 'run-1',
    target: { host: bareHost('pi'), transport: logins.transport() },
    shell: shellThat(answers),
    login: { user: 'admin', isRoot: true, home: '/home/admin', groups: [] },
    areas: [sshArea],
    paths: [],
    seconds,
  });
}

const make = (of: Parameters<typeof change>[0]) => change(of).make([{ script: 'false' }], [], () => {});

test('a host that loses its power while a failed change is undone is asked when it is back, not when its timer is over', async () => {
  const ways = [DOWN, failure('transport/timeout'), 'undoing\n', 'undone\n', ''];
  const logins = new Logins(() => ways.shift() ?? REFUSED);
  const steps = await make({ answers: ['', STEP_FAILED, LOST], logins, seconds: HOURS });
  expect(steps.map(({ code }) => code)).toEqual([3]);
  expect({ made: logins.made, left: ways }).toEqual({ made: 5, left: [] });
});

test('where new logins were refused, nobody tries again before the change is undone', async () => {
  let isUndone = false;
  const logins = new Logins(() => (isUndone ? 'undone\n' : REFUSED));
  const seconds = 3;
  // The host's own timer, a little early, as this machine may count.
  const timer = setTimeout(() => (isUndone = true), seconds * 1000 - 300);
  await expect(make({ answers: ['', STEPS_DONE, LOST], logins, seconds })).rejects.toMatchObject({
    code: 'guard/rolled-back',
  });
  clearTimeout(timer);
  // Three that were to prove it, one that saw it undone, one to see that it works as before.
  expect(logins.made).toBe(5);
});
