import type { Facts } from '../../core/facts.js';
import type { LoginAccount } from '../../probes/login-account.js';
import type { SshPeer } from '../../probes/ssh-peers.js';

/** The login that has to work after a change as it did before. */
export interface TrialLogin {
  readonly user: string;
  /** Names of the account's groups. */
  readonly groups: readonly string[];
  /** As the host sees the connection; undefined where it does not tell. */
  readonly peer: SshPeer | undefined;
  /** Ports that the inventory knows of; empty: it says nothing. */
  readonly ports: readonly number[];
}

export type GuardAreaName = 'ssh' | 'firewall' | 'sudo' | 'account' | 'network' | 'kernel' | 'nixos';

/**
 * Something on a host that a login depends on: what it consists of, and how it is brought back. Shell text in it finds the
 * folder of the change in `$h_c`, `live` or `boot` in `$h_mode`, and may call `h_fail`.
 */
export interface GuardArea {
  readonly name: GuardAreaName;
  /** What is said of a change to it. */
  readonly what: string;
  /** Whether a system has it. Default: all have. */
  readonly isPartOf?: ((facts: Facts) => boolean) | undefined;
  /** After so many seconds without a proof a change to it is undone. */
  readonly timerSeconds: number;
  /** What else an item may touch (`path:`, `account:`, `group:`) that belongs to it, besides its paths and units. */
  readonly alsoCovers?: ((thing: string, login: LoginAccount) => boolean) | undefined;
  /** Files and folders, there or not, that come back as they were. Absolute. */
  readonly paths: (login: LoginAccount) => readonly string[];
  /** Folders of which owner and mode come back as well, and they themselves where they are gone. */
  readonly folders?: ((login: LoginAccount) => readonly string[]) | undefined;
  /** systemd units, there or not, that come back as they were: enabled, running. */
  readonly units: readonly string[];
  /** Units among them that read the restored files anew. */
  readonly reloads?: readonly string[] | undefined;
  /** Notes what no file holds. */
  readonly note?: string | undefined;
  /** Brings back what was noted, and makes the files count. Runs on a live system only. */
  readonly revive?: string | undefined;
  /**
   * Judges a candidate: runs as root where /etc is a copy in which the change's files are written, and nothing else is
   * changed. Not 0: refused, for what it says on stderr.
   */
  readonly trial?: ((who: TrialLogin) => string) | undefined;
  /** What else speaks against the candidate, by what `trial` printed: a sentence each, without its full stop. */
  readonly judge?: ((printed: string, who: TrialLogin) => readonly string[]) | undefined;
  /** A boot brings back by itself what counts of it; the files come back with the next change, or before it. */
  readonly isUndoneByBoot?: true | undefined;
  /** Proves that the restored files are sound, before anything reads them; its failure leaves the services alone. */
  readonly check?: string | undefined;
}

/** Whether what an item touches (`path:`, `unit:`, `account:`, `group:`) belongs to the area. */
export function covers(area: GuardArea, thing: string, login: LoginAccount): boolean {
  const isUnit = area.units.some((unit) => thing === `unit:${unit}`);
  return isUnit || coversPaths(thing, area.paths(login)) || area.alsoCovers?.(thing, login) === true;
}

/** Whether `thing` is one of the paths, or lies in one of them, or is the root or a folder of /etc that holds one of them. */
function coversPaths(thing: string, paths: readonly string[]): boolean {
  const path = /^path:(.*)$/.exec(thing)?.[1];
  if (path === undefined) return false;
  const isFolderOf = (one: string): boolean =>
    path === '/' || (path.startsWith('/etc') && one.startsWith(`${path}/`));
  return paths.some((one) => path === one || path.startsWith(`${one}/`) || isFolderOf(one));
}
