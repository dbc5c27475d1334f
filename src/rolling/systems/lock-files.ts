import { quoteAll } from '../../core/quote.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost } from '../ask-host.js';
import type { Obstacle } from './upgrade-system.js';

/** A process that keeps the package manager for itself. */
interface Holder {
  readonly pid: string;
  readonly name: string;
}

/**
 * Who has a package manager of these names running, itself not included: for systems whose locks say nothing of their holder.
 * One obstacle for each, at most three.
 */
export async function busyObstacles(
  shell: RemoteShell,
  programs: readonly string[],
): Promise<readonly Obstacle[]> {
  const { stdout } = await askHost(shell, script(programs));
  return stdout.split('\n').flatMap(parseHolder).slice(0, 3).map(holderObstacle);
}

function script(programs: readonly string[]): string {
  return `for file in /proc/[0-9]*/comm; do
  { IFS= read -r name <"$file"; } 2>/dev/null || continue
  for one in ${quoteAll(programs)}; do
    [ "$name" != "$one" ] || { pid=\${file#/proc/}; printf '%s\\t%s\\n' "\${pid%/comm}" "$name"; }
  done
done
true`;
}

function parseHolder(line: string): Holder[] {
  const [, pid, name] = /^(\d{1,9})\t([\w.-]{1,15})$/.exec(line) ?? [];
  return pid === undefined || name === undefined ? [] : [{ pid, name }];
}

function holderObstacle({ pid, name }: Holder): Obstacle {
  return {
    message: `process ${pid} (${name}) installs packages there already`,
    hint: `Wait until it has ended: \`ps -fp ${pid}\` shows what it does.`,
  };
}
