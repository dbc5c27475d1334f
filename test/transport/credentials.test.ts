import { copyFileSync, mkdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { credentialName } from '../../src/core/credential-path.js';
import type { HostConfig } from '../../src/core/host-config.js';
import { startSshd, USER, type PrivateSshd } from './private-sshd.js';
import { testProject } from './test-project.js';

/** A unit of systemd was handed the key; the file that the inventory names cannot be read. */
const project = testProject();
let server: PrivateSshd;

beforeAll(async () => {
  server = await startSshd({ authorized: [project.key.line] });
  mkdirSync(project.file('handed'));
});
afterAll(async () => {
  await server.stop();
  await project.dispose();
});
afterEach(() => {
  delete process.env['CREDENTIALS_DIRECTORY'];
});

const login = async (settings: Partial<HostConfig>): Promise<string> => {
  const { port, publicKeys } = server;
  const host = project.host('target', { port, hostKeys: publicKeys, ...settings });
  const shell = await project.transport().open(host);
  return (await shell.run([{ script: 'id -un' }]))[0]?.stdout.toString().trim() ?? '';
};

function handOver(path: string): void {
  copyFileSync(project.key.file, project.file(`handed/${credentialName(path)}`));
  process.env['CREDENTIALS_DIRECTORY'] = project.file('handed');
}

describe.each(['ssh2', 'openssh'] as const)('%s logs in with a credential', (transport) => {
  test('in place of the file that the inventory names', async () => {
    const path = `/nonexistent/${transport}`;
    await expect(login({ transport, identity: [path] })).rejects.toMatchObject({
      code: 'transport/no-identity',
    });
    handOver(path);
    expect(await login({ transport, identity: [path] })).toBe(USER);
  });

  test('in place of the file in ~/.ssh, where nothing is named', async () => {
    handOver(project.file('.ssh/id_ed25519'));
    expect(await login({ transport, identity: undefined })).toBe(USER);
  });
});
