import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

export interface HistoryPlace {
  /** Absolute. */
  readonly projectDir: string;
  /** `state` of homelab.yml, absolute; undefined: the user's state folder. */
  readonly state: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The folder that keeps the runs of a project, absolute. */
export function historyFolder(place: HistoryPlace): string {
  return join(stateFolder(place), 'runs');
}

/**
 * The folder of all that is kept of a project on this machine, absolute. In the user's state folder (XDG Base Directory
 * Specification) each project has one of its own, named by where it lies.
 */
export function stateFolder({ projectDir, state, env = process.env }: HistoryPlace): string {
  if (state !== undefined) return state;
  const home = env['XDG_STATE_HOME'];
  const base = home?.startsWith('/') === true ? home : join(env['HOME'] ?? homedir(), '.local', 'state');
  const place = createHash('sha256').update(projectDir).digest('hex').slice(0, 8);
  return join(base, 'homelab', `${basename(projectDir)}-${place}`);
}
