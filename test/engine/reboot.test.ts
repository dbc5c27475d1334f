import { describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../src/core/errors.js';
import type { RemoteShell, SectionResult } from '../../src/core/shell.js';
import { rebootHost } from '../../src/engine/reboot.js';

const OLD = '11111111-2222-3333-4444-555555555555';
const NEW = '66666666-7777-8888-9999-000000000000';
const lost = new HomelabError({ code: 'transport/connection-lost', message: 'gone' });
const strangeKey = new HomelabError({ code: 'transport/host-key-changed', message: 'another key' });

/** What a shell answers: a boot id, an exit code of the reboot command, or a connection that fails. */
interface Boot {
  readonly id: string | HomelabError;
  readonly reboot?: number | HomelabError;
}

class BootShell implements RemoteShell {
  readonly roundTrips = 0;
  readonly ran: string[] = [];
  isClosed = false;
  readonly #boot: Boot;

  constructor(boot: Boot) {
    this.#boot = boot;
  }

  read(): Promise<never> {
    return Promise.reject(new Error('not scripted'));
  }

  async run([section]: Parameters<RemoteShell['run']>[0]): Promise<SectionResult[]> {
    const script = section?.script ?? '';
    const word = script.includes('boot_id') ? 'id' : script.includes('reboot') ? 'reboot' : 'settle';
    this.ran.push(word);
    const { id, reboot = 0 } = this.#boot;
    const answer = word === 'id' ? id : word === 'reboot' ? reboot : 0;
    if (answer instanceof HomelabError) throw answer;
    const isCode = typeof answer === 'number';
    return [
      {
        code: isCode ? answer : 0,
        stdout: Buffer.from(isCode ? '' : `${answer}\n`),
        stderr: Buffer.from(isCode && answer !== 0 ? 'Access denied\n' : ''),
        truncated: false,
      },
    ];
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** A host whose shells, one after the other, are these; an error: it cannot be reached. The last one repeats. */
function target(first: Boot, later: readonly (Boot | HomelabError)[]) {
  const opened: BootShell[] = [];
  let next = 0;
  const shell = new BootShell(first);
  const open = async (): Promise<RemoteShell> => {
    const boot = later[Math.min(next++, later.length - 1)];
    if (boot === undefined || boot instanceof HomelabError) throw boot ?? lost;
    const one = new BootShell(boot);
    opened.push(one);
    return one;
  };
  return { name: 'm', shell, open, opened, pauseMs: 1, looks: () => next };
}

const step = (rest: { isReturnExpected?: boolean; timeoutMs?: number } = {}) =>
  ({ do: 'reboot', timeoutMs: 60_000, isReturnExpected: true, ...rest }) as const;

describe('a reboot', () => {
  test.each<[string, Boot, readonly (Boot | HomelabError)[]]>([
    ['that cuts the connection', { id: OLD }, [lost, lost, { id: NEW }]],
    ['that cuts it before the answer', { id: OLD, reboot: lost }, [lost, { id: NEW }]],
    ['whose command is killed with the session', { id: OLD, reboot: 143 }, [{ id: NEW }]],
    [
      'that is slow to begin: the old boot answers',
      { id: OLD },
      [{ id: OLD }, { id: OLD }, lost, { id: NEW }],
    ],
    ['that is lost once more while it starts', { id: OLD }, [{ id: lost }, { id: NEW }]],
    ['during which somebody else answers', { id: OLD }, [strangeKey, { id: NEW }]],
  ])('%s is proven by a new boot id', async (_name, first, later) => {
    const host = target(first, later);
    const shell = await rebootHost(host, step());
    expect(host.shell.ran).toEqual(['id', 'reboot']);
    expect(shell).toBe(host.opened.at(-1));
    expect(host.opened.at(-1)?.ran).toEqual(['id', 'settle']);
    expect(host.opened.map(({ isClosed }) => isClosed)).toEqual(host.opened.map((one) => one !== shell));
    expect(host.looks()).toBe(later.length);
  });

  test.each<[string, Boot, readonly (Boot | HomelabError)[], string, string]>([
    ['never goes down', { id: OLD }, [{ id: OLD }], 'reboot-not-down', 'still runs the boot of before'],
    ['never comes back', { id: OLD }, [lost], 'reboot-not-back', 'is not back after 0.01 s: gone'],
    ['comes back as another', { id: OLD }, [strangeKey], 'reboot-not-back', 'another key'],
    ['refuses', { id: OLD, reboot: 1 }, [{ id: NEW }], 'reboot-refused', 'exit code 1\nAccess denied'],
    ['has no boot id', { id: 'nothing' }, [{ id: NEW }], 'reboot-no-proof', 'could not be proven'],
    ['has a boot id with more in it', { id: `${OLD}; id` }, [{ id: NEW }], 'reboot-no-proof', 'not tell'],
  ])('a host that %s is a failure', async (_name, first, later, code, message) => {
    const reboot = rebootHost(target(first, later), step({ timeoutMs: 10 }));
    await expect(reboot).rejects.toMatchObject({
      code: `engine/${code}`,
      message: expect.stringContaining(message) as unknown,
      host: 'm',
    });
  });

  test('a connection that is lost before anything was asked is no reboot', async () => {
    const host = target({ id: lost }, [{ id: NEW }]);
    await expect(rebootHost(host, step())).rejects.toMatchObject({ code: 'transport/connection-lost' });
    expect(host.looks()).toBe(0);
  });
});

describe('a reboot without a return', () => {
  test.each<[string, readonly (Boot | HomelabError)[]]>([
    ['goes down', [{ id: OLD }, lost]],
    ['is back before anybody saw it away', [{ id: OLD }, { id: NEW }]],
  ])('is done once the host %s', async (_name, later) => {
    const host = target({ id: OLD }, later);
    expect(await rebootHost(host, step({ isReturnExpected: false }))).toBeUndefined();
    expect(host.opened.map(({ isClosed }) => isClosed)).not.toContain(false);
  });

  test('fails where the host stays', async () => {
    const reboot = rebootHost(
      target({ id: OLD }, [{ id: OLD }]),
      step({ isReturnExpected: false, timeoutMs: 10 }),
    );
    await expect(reboot).rejects.toMatchObject({ code: 'engine/reboot-not-down' });
  });
});
