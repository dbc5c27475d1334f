import { printfWord, quote, quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** Connections that `sshd -T` answers for: `''` is any, else as its option -C takes them, e.g. `user=admin,addr=10.0.0.1`. */
export interface SshdQuestion {
  readonly connections: readonly string[];
  /** A configuration of its own, whose values are to be read as this sshd understands them. */
  readonly alone?: string | undefined;
  /** Lower-case keywords that `alone` gets from the host's own configuration: without a host key there is no answer. */
  readonly borrowed?: readonly string[] | undefined;
  /** Files below /etc/ssh as they would be, by path: the answer is about them, and nothing on the host is changed. */
  readonly candidates?: Readonly<Record<string, string>> | undefined;
}

/** A line of the configuration that gave a keyword a value, in the order they count. */
export interface SshdLine {
  readonly file: string;
  readonly line: number;
  /** In lower case. */
  readonly keyword: string;
  readonly value: string;
}

export interface SshdReport {
  /** Lower-case keyword to what `sshd -T` says of it; undefined where it took no such configuration. */
  readonly values: ReadonlyMap<string, readonly string[]> | undefined;
  /** What it said instead; empty where it said nothing. */
  readonly complaint: string;
  /** Empty where they were not asked for. */
  readonly lines: readonly SshdLine[];
}

export interface SshdAnswer {
  /** False where the candidates could not be tried: no `unshare`, or it may not mount. */
  readonly canTry: boolean;
  /** One for each connection. */
  readonly effective: readonly SshdReport[];
  /** What `alone` comes to, one for each connection; empty where it was not asked for. */
  readonly alone: readonly SshdReport[];
  /** The daemon that runs has read what the files say now: `yes`; `no`: they are newer; `none`: no daemon tells. */
  readonly isRead: 'yes' | 'no' | 'none';
}

/** The text of a question: what {@link sshdConfigs} takes for a key. */
export function sshdQuestion(question: SshdQuestion): string {
  return JSON.stringify(question);
}

/**
 * What the configuration of sshd comes to, as sshd(8) itself says (-T); null where there is no sshd. Where /run/sshd is
 * missing, as on a socket-activated machine that is idle, or candidates are tried, it is asked in a mount namespace of
 * its own, which ends with the process. Has to be root: sshd wants to see its host keys.
 *
 * A daemon writes its PidFile each time it has read its configuration, so a file newer than that has not been read.
 * Answer for each key: parts ended by NUL, behind `none`, `untried` or the number of reports.
 */
export const sshdConfigs: Reader<SshdAnswer | null> = {
  name: 'sshd-configs',
  script: (keys) => keys.map((key) => scriptOf(JSON.parse(key) as SshdQuestion)).join('\n'),
  parse: ({ stdout }, keys) => {
    const parts = stdout.split('\0');
    return keys.map((key) => {
      const question = JSON.parse(key) as SshdQuestion;
      const mark = parts.shift();
      if (mark === 'untried') return { canTry: false, effective: [], alone: [], isRead: 'none' };
      if (mark !== 'asked') return null;
      const take = (): SshdReport[] =>
        question.connections.map(() => report(parts.shift() ?? '', parts.shift() ?? '', parts.shift() ?? ''));
      const effective = take();
      const alone = question.alone === undefined ? [] : take();
      const isRead = parts.shift();
      return {
        canTry: true,
        effective,
        alone,
        isRead: isRead === 'yes' || isRead === 'no' ? isRead : 'none',
      };
    });
  },
};

function report(code: string, output: string, log: string): SshdReport {
  const lines = log.split(/\r?\n/).filter((line) => line !== '');
  const traced = lines.flatMap((line) => {
    const [, file, number, keyword, value] = TRACE.exec(line) ?? [];
    if (file === undefined || keyword === undefined || value === undefined) return [];
    return [{ file, line: Number(number), keyword: keyword.toLowerCase(), value }];
  });
  if (code !== '0')
    return {
      values: undefined,
      complaint: lines.filter((line) => !line.startsWith('debug')).join('\n'),
      lines: traced,
    };
  const values = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const [, keyword, value] = /^([A-Za-z0-9]+) (.*)$/.exec(line) ?? [];
    if (keyword === undefined || value === undefined) continue;
    values.set(keyword.toLowerCase(), [...(values.get(keyword.toLowerCase()) ?? []), value]);
  }
  return { values, complaint: '', lines: traced };
}

/** What `-ddd` says of each line that counts, servconf.c. */
const TRACE = /^debug3: (\/.*):(\d+) setting (\S+) (.*)$/;

/** `$1`: a file or nothing, `$2`: a connection or nothing. Prints code, output and log. */
const ASK = `ask() {
  file=$1 connection=$2
  set -- -T -ddd
  [ -z "$file" ] || set -- "$@" -f "$file"
  [ -z "$connection" ] || set -- "$@" -C "$connection"
  {
    log=$({
      output=$("$sshd" "$@" 2>&5 5>&-) && code=0 || code=$?
      printf '%s\\0%s\\0' "$code" "$output" >&4
    } 5>&1)
  } 4>&1
  printf '%s\\n' "$log" | sed -e '/^debug3: .* setting /b' -e '/^debug[123]: /d'
  printf '\\0'
}`;

function scriptOf(question: SshdQuestion): string {
  const { candidates } = question;
  const inside = insideScript(question);
  const isTrial = candidates !== undefined;
  const unasked = isTrial ? `printf 'untried\\0'` : `sh -c ${quote(inside)} sh "$sshd"`;
  return `sshd=$(command -v sshd) || sshd=
if [ -z "$sshd" ]; then printf 'none\\0'
elif ${isTrial ? 'false' : NEEDS_NO_FOLDER}; then sh -c ${quote(inside)} sh "$sshd"
elif unshare -m sh -c ${quote(`${PRIVATE_RUN}${isTrial ? ' && mount -t tmpfs tmpfs /etc/ssh' : ''}`)} 2>/dev/null; then
  unshare -m sh -c ${quote(`${PRIVATE_RUN}\n${isTrial ? trialScript(candidates) : ''}\n${inside}`)} sh "$sshd"
else ${unasked}
fi`;
}

/** The folder of privilege separation, where that is in /run and thus nobody's until a daemon is started. */
const NEEDS_NO_FOLDER = `[ -d /run/sshd ] || ! "$sshd" -T 2>&1 | grep -q 'privilege separation directory: /run/'`;

const PRIVATE_RUN = `{ [ -d /run/sshd ] || { mount -t tmpfs -o mode=0755 tmpfs /run && mkdir -m 0755 /run/sshd; }; }`;

/**
 * Lays an empty folder over /etc/ssh and puts the candidates into it. What is below is still the working folder: the
 * rest is reached there by links, so that private keys are not copied.
 */
function trialScript(candidates: Readonly<Record<string, string>>): string {
  const files = Object.entries(candidates);
  const tops = new Set(files.map(([path]) => path.split('/')[3] ?? ''));
  return `set -e
cd /etc/ssh
mount -t tmpfs -o mode=0755 tmpfs /etc/ssh
for file in *; do ln -s "/proc/$$/cwd/$file" "/etc/ssh/$file"; done
for top in ${quoteAll([...tops])}; do
  rm -f "/etc/ssh/$top"
  if [ -d "$top" ]; then cp -R "$top" "/etc/ssh/$top"; fi
done
${files.map(([path, text]) => writeScript(path, text)).join('\n')}
set +e`;
}

function writeScript(path: string, text: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  return `mkdir -p ${quote(folder)}; printf ${printfWord(Buffer.from(text, 'utf8'))} >${quote(path)}`;
}

function insideScript({ connections, alone, borrowed = [] }: SshdQuestion): string {
  const asks = connections.map((connection) => `ask '' ${quote(connection)}`);
  const keys =
    borrowed.length === 0 ? '' : `"$sshd" -T 2>/dev/null | grep -iE ${quote(`^(${borrowed.join('|')}) `)}; `;
  const aloneAsks = connections.map(
    (connection) =>
      `{ ${keys}printf ${printfWord(Buffer.from(alone ?? '', 'utf8'))}; } | ask /dev/stdin ${quote(connection)}`,
  );
  return `sshd=$1
${ASK}
printf 'asked\\0'
${[...asks, ...(alone === undefined ? [] : aloneAsks)].join('\n')}
${IS_READ}`;
}

const IS_READ = `pidfile=$("$sshd" -T 2>/dev/null | sed -n 's/^[Pp][Ii][Dd][Ff][Ii][Ll][Ee] //p')
isread=none
if [ -f "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; then
  isread=yes
  for file in /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/ssh/sshd_config.d/*; do
    if [ "$file" -nt "$pidfile" ]; then isread=no; fi
  done
fi
printf '%s\\0' "$isread"`;
