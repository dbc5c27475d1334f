import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a run of the program answered. */
export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the built program. */
  readonly bin?: 'bin/run.js' | 'bin/dev.js';
}

/** Runs homelab as a user's script would: without a terminal, without the user's own settings. */
export function homelab(
  words: readonly string[],
  { cwd, env, bin = 'bin/run.js' }: Surroundings,
): Promise<Answer> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [join(ROOT, bin), ...words], {
    cwd,
    env: { PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Builds what `bin/run.js` runs, where that is missing. Test files side by side build it once. */
export async function requireBuild(): Promise<void> {
  const isBuilt = (): boolean =>
    ['dist/commands', 'dist/tasks', 'oclif.manifest.json'].every((path) => existsSync(join(ROOT, path)));
  if (isBuilt()) return;
  const lock = join(
    tmpdir(),
    `homelab-build-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}`,
  );
  while (!hasTaken(lock)) await delay(100);
  try {
    if (isBuilt()) return;
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Longer than a build takes: whoever holds a lock of this age was ended. */
const STALE_AFTER_MS = 60_000;

function hasTaken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > STALE_AFTER_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
