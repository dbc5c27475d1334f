import { spawn } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PrivateFolder } from '../../src/transport/openssh-folder.js';
import { scratchFolder } from './local-shell.js';

let parent: ReturnType<typeof scratchFolder>;
beforeEach(() => {
  parent = scratchFolder();
});
afterEach(() => parent.dispose());

const sleeper = () => {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  return { pid: child.pid ?? 0, ended: once(child, 'exit') as Promise<[number | null, string | null]> };
};

test('nobody else can enter it; its end is that of what it watches, and of nothing else', async () => {
  const folder = await PrivateFolder.make({ XDG_RUNTIME_DIR: parent.path });
  expect(folder.path.startsWith(`${parent.path}/`)).toBe(true);
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  expect(folder.file('m')).not.toBe(folder.file('m'));
  writeFileSync(folder.file('m'), '');
  const [watched, released, last] = [sleeper(), sleeper(), sleeper()];
  for (const { pid } of [watched, released, last]) folder.watch(pid);
  folder.unwatch(released.pid);
  await folder.remove();
  expect(await watched.ended).toEqual([null, 'SIGTERM']);
  expect(await last.ended).toEqual([null, 'SIGTERM']);
  expect(existsSync(folder.path)).toBe(false);
  expect(() => process.kill(released.pid, 0)).not.toThrow();
  process.kill(released.pid, 'SIGKILL');
  expect(await released.ended).toEqual([null, 'SIGKILL']);
});

test.each([
  ['a long path', (path: string) => `${path}/${'long'.repeat(12)}`],
  ['a path that means something to ssh', (path: string) => `${path}/%h`],
  ['one that is not there', (path: string) => `${path}/absent`],
])('%s is passed over', async (_what, dir) => {
  const folder = await PrivateFolder.make({ XDG_RUNTIME_DIR: dir(parent.path) });
  expect(folder.path).toMatch(/\/hl-[A-Za-z0-9]{6}$/);
  expect(folder.path.startsWith(dir(parent.path))).toBe(false);
  await folder.remove();
  expect(existsSync(folder.path)).toBe(false);
});
