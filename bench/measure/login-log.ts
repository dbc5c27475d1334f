/** One line of sshd's log at LogLevel VERBOSE. */
interface LogLine {
  /** Seconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** What sshd of one machine logged, as `journalctl -o short-unix` prints it. */
export interface MachineLog {
  readonly machine: string;
  readonly text: string;
}

/** How logins went. */
export interface Logins {
  readonly begun: number;
  readonly accepted: number;
  /** Connections that sshd turned away because too many were logging in (MaxStartups, sshd_config(5)). */
  readonly refused: number;
  /** Most connections at one time that had not logged in yet: on all sshd together, and on the one that had most. */
  readonly mostAtOnce: number;
  readonly mostAtOneSshd: number;
}

const BEGINS = /^Connection from (\S+) port (\d+) on \S+ port (\d+)/;
const ACCEPTED = /^Accepted \S+ for \S+ from (\S+) port (\d+)/;
const LEAVES = /(?:closed by|reset by|isconnected from|Timeout before authentication for).*?(\S+) port (\d+)/;
const REFUSED = /^(?:drop connection|beginning MaxStartups throttling)/;

/** Reads how many connections were logging in at each moment from the logs of machines with one clock. */
export function readLogins(logs: readonly MachineLog[]): Logins {
  const waiting = new Map<string, string>();
  const counts = { begun: 0, accepted: 0, refused: 0, mostAtOnce: 0, mostAtOneSshd: 0 };
  const lines = logs.flatMap(({ machine, text }) => linesOf(text).map((line) => ({ machine, ...line })));
  for (const { machine, text } of lines.toSorted((a, b) => a.time - b.time)) {
    const begun = BEGINS.exec(text);
    if (begun) {
      counts.begun++;
      const sshd = `${machine} ${begun[3]}`;
      waiting.set(`${machine} ${begun[1]} ${begun[2]}`, sshd);
      counts.mostAtOnce = Math.max(counts.mostAtOnce, waiting.size);
      const here = [...waiting.values()].filter((other) => other === sshd).length;
      counts.mostAtOneSshd = Math.max(counts.mostAtOneSshd, here);
      continue;
    }
    const left = ACCEPTED.exec(text) ?? LEAVES.exec(text);
    if (left) waiting.delete(`${machine} ${left[1]} ${left[2]}`);
    if (ACCEPTED.test(text)) counts.accepted++;
    if (REFUSED.test(text)) counts.refused++;
  }
  return counts;
}

/** `1700000000.123456 sshd[42]: text`; anything else is not sshd's. */
function linesOf(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(\d+\.\d+) (?:\S+ )?sshd\[\d+\]: (.*)$/.exec(line);
    return match ? [{ time: Number(match[1]), text: match[2] ?? '' }] : [];
  });
}
