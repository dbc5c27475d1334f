import type { TestLab } from './shared-lab.js';

/** What is on a machine besides what it was asked: files by path, and processes by their command lines. */
export interface Traces {
  readonly files: ReadonlySet<string>;
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
}

/** What sshd, PAM, logind and journald write of every login: the host's own doing. */
const OF_LOGINS = [
  '/run/systemd/(sessions|users|units|transient)',
  '/run/systemd/journal/streams',
  '/run/user',
  '/(run|var)/log/journal',
  '/run/utmp',
  '/run/motd.dynamic',
  '/run/sudo',
  '/var/log/(wtmp|lastlog|btmp)',
];
/** What a running system does by itself, whoever is logged in. */
const OWN_BUSINESS = ['/var/lib/systemd', '/run/systemd/timesync', '/var/lib/private/systemd'];
const IGNORED = new RegExp(`^(?:${[...OF_LOGINS, ...OWN_BUSINESS].join('|')})(?: |/|$)`);

/**
 * The machine's files in all its file systems but /proc and /sys, a line for each, with type, mode, owner, inode and, but for
 * directories, size and times; its mounts; its processes, kernel threads and this look at them left out.
 */
export async function tracesOf(lab: TestLab, host: string): Promise<Traces> {
  const output = await lab.shell(
    host,
    `find / \\( -path /proc -o -path /sys -o -path /dev/pts \\) -prune -o -type d -printf '%p %y %m %U %G %i\\n' \\
       -o -printf '%p %y %m %U %G %i %s %T@ %C@ %l\\n' 2>/dev/null
     printf '\\0'
     for process in /proc/[0-9]*; do
       [ "$process" = "/proc/$$" ] || tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | sed 's/ *$/\\n/'
     done
     printf '\\0'
     cut -d ' ' -f 4-6 /proc/self/mountinfo`,
  );
  const [files = [], processes = [], mounts = []] = output.split('\0').map((part) => part.split('\n'));
  return {
    files: new Set(files.filter((line) => !IGNORED.test(line))),
    processes: processes.filter((line) => line !== '').toSorted(),
    mounts: mounts.filter((line) => !line.includes('/run/user/')).toSorted(),
  };
}

/** A position in the machine's journal, for {@link journalSince}. */
export async function journalCursor(lab: TestLab, host: string): Promise<string> {
  const output = await lab.shell(host, 'journalctl -q -n 1 --show-cursor -o cat');
  const cursor = /^-- cursor: (.*)$/m.exec(output)?.[1];
  if (cursor === undefined) throw new Error(`${host}: no cursor in ${output}`);
  return cursor;
}

/** What the machine's journal got since, as `IDENTIFIER: MESSAGE`, in order. */
export async function journalSince(lab: TestLab, host: string, cursor: string): Promise<string[]> {
  const output = await lab.shell(
    host,
    `journalctl --sync; journalctl -q --after-cursor '${cursor}' -o json --output-fields=SYSLOG_IDENTIFIER,MESSAGE`,
  );
  const entries = output.split('\n').filter((line) => line !== '');
  return entries.map((line) => {
    const entry = JSON.parse(line) as Record<string, unknown>;
    return `${String(entry['SYSLOG_IDENTIFIER'])}: ${String(entry['MESSAGE'])}`;
  });
}
