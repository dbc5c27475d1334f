import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { TestProject } from './test-project.js';

// A command that connects to nothing must not pay for loading ssh2.
const isLoaded = jest.fn();
jest.unstable_mockModule('ssh2', () => {
  isLoaded();
  return { default: {} };
});
const { testProject } = await import('./test-project.js');

let project: TestProject;
beforeEach(() => {
  project = testProject();
});
afterEach(() => project.dispose());

test('this machine is kept without loading ssh2, and reads share a round trip', async () => {
  const transport = project.transport();
  const shell = await transport.open(project.host('here', { transport: 'local' }));
  const reader = {
    name: 'words',
    script: (keys: readonly string[]) => `printf '%s\\n' ${keys.map((key) => `${key}!`).join(' ')}`,
    parse: ({ stdout }: { stdout: string }) => stdout.trim().split('\n'),
  };
  expect(await Promise.all(['a', 'b', 'a'].map((key) => shell.read(reader, key)))).toEqual([
    'a!',
    'b!',
    'a!',
  ]);
  expect(shell.roundTrips).toBe(1);
  expect(await transport.scanHostKeys(project.host('here', { transport: 'local' }))).toEqual([]);
  expect(isLoaded).not.toHaveBeenCalled();
});

test('the sudo password of the environment is in no child’s environment', async () => {
  const env = { PATH: process.env['PATH'], HOMELAB_BECOME_PASSWORD: 'canary' };
  const shell = await project.transport({ env }).open(project.host('here', { transport: 'local' }));
  const [result] = await shell.run([{ script: 'env; cat /proc/$$/environ' }]);
  expect(result?.stdout.toString()).toContain('PATH=');
  expect(result?.stdout.toString()).not.toContain('canary');
});

test('close ends every shell', async () => {
  const transport = project.transport();
  const shell = await transport.open(project.host('here', { transport: 'local' }));
  await transport.close();
  await expect(shell.run([{ script: 'true' }])).rejects.toMatchObject({ code: 'transport/closed' });
});
