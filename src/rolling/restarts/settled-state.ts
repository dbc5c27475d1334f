import type { Facts } from '../../core/facts.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost } from '../ask-host.js';

/** How a host is, whose start is over. */
export interface SettledState {
  /** What `systemctl is-system-running` prints, e.g. `running`, `degraded`; with OpenRC `running` or `degraded`. */
  readonly state: string;
  /** Units that failed, or services that crashed, sorted. */
  readonly failed: readonly string[];
}

const SYSTEMD = `printf 'state=%s\\n' "$(systemctl is-system-running 2>/dev/null)"
systemctl --no-legend --plain --no-pager --full list-units --state=failed 2>/dev/null | sed 's/^[^A-Za-z0-9]*//; s/ .*//; s/^/failed=/'`;

/** rc-status(8) knows of services that have died only where it is asked for them. */
const OPENRC = `rc-status -C --crashed 2>/dev/null | sed -n 's/^ *\\([A-Za-z0-9][^ ]*\\).*/failed=\\1/p'
true`;

/**
 * Whether everything that is to run does, for comparing it before and after. Only reads, and waits for nothing.
 * @throws HomelabError `transport/…`
 */
export async function settledState(shell: RemoteShell, { init }: Facts): Promise<SettledState> {
  const { stdout } = await askHost(shell, init === 'systemd' ? SYSTEMD : OPENRC);
  const values = (name: string): string[] =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith(`${name}=`))
      .map((line) => line.slice(name.length + 1))
      .filter((text) => /^[\w@.:\\-]{1,200}$/.test(text));
  const failed = [...new Set(values('failed'))].toSorted();
  return { state: values('state')[0] ?? (failed.length === 0 ? 'running' : 'degraded'), failed };
}

/** What failed since: not what had failed before. */
export function newFailures(before: SettledState, after: SettledState): readonly string[] {
  return after.failed.filter((unit) => !before.failed.includes(unit));
}
