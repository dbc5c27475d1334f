import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FramedShell } from '../../src/transport/framed-shell.js';
import { openLocalChannel } from '../../src/transport/local-channel.js';

/** The shells that stand behind /bin/sh on the systems homelab keeps. */
export const SHELLS: readonly (readonly string[])[] = [
  ['dash'],
  ['bash', '--posix'],
  ['bash'],
  ['busybox', 'sh'],
];

/** A real shell of this machine behind the framed protocol. */
export function localShell(argv: readonly string[], env: Record<string, string> = {}): FramedShell {
  return new FramedShell({
    host: 'here',
    helloTimeoutMs: 20_000,
    source: { open: () => openLocalChannel({ argv, env: { ...process.env, ...env }, cwd: '/' }) },
  });
}

/** A folder that goes when `dispose` is called. */
export function scratchFolder(): { path: string; file: (name: string) => string; dispose: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'homelab-test-'));
  return {
    path,
    file: (name) => join(path, name),
    dispose: () => rmSync(path, { recursive: true, force: true }),
  };
}
