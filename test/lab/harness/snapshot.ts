import type { TestLab } from './shared-lab.js';

const FOLDERS = ['/etc', '/home', '/opt', '/root', '/srv', '/usr', '/var/lib', '/var/spool'];
/** What a running system writes by itself. */
const OWN_BUSINESS = ['/var/lib/systemd/timers', '/var/lib/private/systemd', '/var/lib/logrotate'];

/**
 * The machine's lasting files: a line for each, with type, mode, owner, size, times and target. Files in /etc have
 * their checksum too. Equal snapshots: nothing was written, made, renamed or removed in between.
 */
export async function snapshotOf(lab: TestLab, host: string): Promise<ReadonlySet<string>> {
  const ignored = OWN_BUSINESS.map((path) => `-path ${path} -prune -o`).join(' ');
  const output = await lab.shell(
    host,
    `find ${FOLDERS.join(' ')} -xdev ${ignored} -printf '%p %y %m %U %G %s %T@ %C@ %l\\n'
     find /etc -xdev -type f -exec sha256sum -- {} +`,
  );
  return new Set(output.split('\n'));
}

/** The lines that are in one of two snapshots only; `-` before, `+` after. */
export function changesBetween(before: ReadonlySet<string>, after: ReadonlySet<string>): string[] {
  return [
    ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
  ];
}

/** What homelab keeps on purpose: the journal of the last run, the lock's last number, whether an undo was rehearsed, a folder for jobs. */
const KEPT = /^\/var\/lib\/homelab\/(journal|jobs|lock\.\d+|changes|rehearsed\.[a-z]+)$/;

/** What of homelab is left on the machine while no run is under way: scratch folders, half-made files, processes. */
export async function leftoversOn(lab: TestLab, host: string): Promise<string[]> {
  const output = await lab.shell(
    host,
    `find /run/homelab /var/lib/homelab /home/*/.cache/homelab -mindepth 1 2>/dev/null
     find / -xdev -name '.homelab.*' 2>/dev/null
     for file in $(grep -alP '^(sudo\\x00.*)?/bin/sh\\x00$' /proc/[0-9]*/cmdline 2>/dev/null); do
       tr '\\0' ' ' <"$file" 2>/dev/null | sed "s,.*,$file &\\n,"
     done
     true`,
  );
  return output.split('\n').filter((line) => line !== '' && !KEPT.test(line));
}
