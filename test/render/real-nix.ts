import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What Nix needs to run for an account of its own, in a folder of its own. */
function run(folder: string, argv: readonly string[]) {
  const env = {
    ...process.env,
    NIX_STORE_DIR: join(folder, 'store'),
    NIX_STATE_DIR: join(folder, 'state'),
    NIX_LOG_DIR: join(folder, 'log'),
    NIX_CONF_DIR: folder,
    NIX_REMOTE: '',
    NIX_CONFIG: 'build-users-group =',
    HOME: folder,
  };
  return spawnSync('nix-instantiate', argv, { env, encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** Whether `nix-instantiate` is installed; Debian has it in nix-bin. */
export const HAS_NIX = spawnSync('nix-instantiate', ['--version']).status === 0;

function inFolder<T>(act: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'homelab-nix-'));
  try {
    return act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Nix has against `text` as a file; empty where it parses. */
export function nixParseError(text: string): string {
  return inFolder((folder) => {
    writeFileSync(join(folder, 'text.nix'), text);
    const { status, stderr } = run(folder, ['--parse', join(folder, 'text.nix')]);
    return status === 0 ? '' : stderr || 'failed';
  });
}

/** The value of an expression of Nix, which may read `given.json` and `text.nix` beside it. @throws where Nix complains */
export function nixEval(
  expression: string,
  files: Readonly<Record<string, string>> = {},
): ReturnType<typeof JSON.parse> {
  return inFolder((folder) => {
    for (const [name, text] of Object.entries({ ...files, 'main.nix': expression }))
      writeFileSync(join(folder, name), text);
    const { status, stdout, stderr } = run(folder, [
      '--eval',
      '--strict',
      '--json',
      join(folder, 'main.nix'),
    ]);
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as unknown;
  });
}
