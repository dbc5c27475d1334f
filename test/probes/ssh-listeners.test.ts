import { describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { sshListeners } from '../../src/probes/ssh-listeners.js';
import { parseText, readHere, SHELLS } from './shells.js';

const UBUNTU = `Listen=0.0.0.0:22 (Stream)
Listen=[::]:22 (Stream)
Id=ssh.socket
ActiveState=active

Id=sshd.socket
ActiveState=inactive
`;

describe('sshListeners', () => {
  test.each<[string, string, unknown]>([
    [
      'a socket',
      `${UBUNTU}\u{0}0016\n08AE\n`,
      { socket: { unit: 'ssh.socket', streams: ['0.0.0.0:22', '[::]:22'] }, ports: new Set([22, 2222]) },
    ],
    [
      'no socket that listens',
      `${UBUNTU.replace('=active', '=inactive')}\u{0}0016\n`,
      { socket: null, ports: new Set([22]) },
    ],
    ['nothing', '', { socket: null, ports: undefined }],
    ['strange bytes', '\0xx\n00\n-1\n', { socket: null, ports: undefined }],
  ])('%s', (_name, answer, expected) => expect(parseText(sshListeners, answer, [''])).toEqual([expected]));

  test.each(SHELLS)('sees who listens on this computer by %s', async (_name, shell) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const [found] = readHere(shell, sshListeners, ['']);
    server.close();
    expect([...(found?.ports ?? [])]).toContain(port);
  });
});
