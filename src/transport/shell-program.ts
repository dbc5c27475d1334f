import { quote } from '../core/quote.js';
import type { Section } from '../core/shell.js';

/** Starts the line that says the shell has begun to read; the hello's nonce follows. */
export const HELLO_MARK = 'HLH';
/** Starts an answer's header, its body and its end. Each is followed by the request's nonce. */
export const HEADER_MARK = 'HL1';
export const BODY_MARK = 'HLB';
export const END_MARK = 'HLE';

/**
 * The text a fresh `/bin/sh` reads first: a known environment, a private scratch folder that goes when the shell does,
 * and the functions that the requests call. Runs in dash, bash and busybox sh; needs `mktemp`, `wc`, `cat`, `head`.
 *
 * - Scratch is never below a folder that others can write: `/run` and `/var/lib` are root's, the rest is our own.
 * - Names of output files are used once, so what a process left behind still writes never lands in a later answer.
 * - `true >file` and not `:`: a redirection that fails ends the shell at a special built-in (POSIX.1-2024, 2.8.1).
 * - A signal that comes while the shell already exits takes the place of its EXIT trap, so both clean up: a request cut
 *   short is a syntax error, and telling that to nobody is a SIGPIPE.
 * - What a shell that was killed has left in /run goes with the next one; its process id is in the name.
 * - Sections that may run at once are in the background; their answers are gathered in their order.
 * - A section whose output file cannot be made was not run: then nothing in the answer counts.
 * - The blank before the script keeps `eval` from taking a leading dash for an option.
 */
export function helloText(nonce: string): string {
  return `LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\${PATH:+:$PATH}
export LC_ALL PATH
umask 022
cd "\${HOME:-/}" 2>/dev/null || cd /
h_n=0 h_dir= h_files=
h_scratch() {
  [ -d "$1" ] || mkdir -p -m 700 "$1" 2>/dev/null
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && h_dir=$(mktemp -d "$1/s.$$.XXXXXX" 2>/dev/null) && [ -n "$h_dir" ]
}
h_sweep() {
  [ -d /proc/$$ ] || return 0
  for h_file in /run/homelab/s.*; do
    h_pid=\${h_file#*/s.}
    [ ! -d "$h_file" ] || [ -d "/proc/\${h_pid%%.*}" ] || rm -rf -- "$h_file"
  done
}
h_find_scratch() {
  if [ -w /run ] && h_scratch /run/homelab; then h_sweep; return; fi
  if [ -w /var/lib ] && h_scratch /var/lib/homelab; then return; fi
  if [ -n "\${XDG_RUNTIME_DIR:-}" ] && [ -O "$XDG_RUNTIME_DIR" ] && h_scratch "$XDG_RUNTIME_DIR/homelab"; then return; fi
  [ -n "\${HOME:-}" ] && h_scratch "$HOME/.cache/homelab"
}
h_begin() {
  for h_file in $h_files; do true >"$h_dir/$h_file"; done
  h_stop=$1 h_together=$2 h_jobs= h_failed= h_full= h_codes= h_files= h_first=$((h_n + 1))
}
h_ran() {
  [ -e "$h_dir/e$1" ] || h_full=1
  h_codes="$h_codes $2"
  [ ! -s "$h_dir/o$1" ] || h_files="$h_files o$1"
  [ ! -s "$h_dir/e$1" ] || h_files="$h_files e$1"
}
h_section() {
  h_n=$((h_n + 1))
  if [ -n "$h_failed$h_full" ] || [ -z "$h_dir" ]; then h_codes="$h_codes -"; return 0; fi
  if [ -n "$h_together" ]; then
    ( h_script=$1; set --; eval " $h_script" ) </dev/null >"$h_dir/o$h_n" 2>"$h_dir/e$h_n" &
    h_jobs="$h_jobs $h_n $!"
    return 0
  fi
  ( h_script=$1; set --; eval " $h_script" ) </dev/null >"$h_dir/o$h_n" 2>"$h_dir/e$h_n"
  h_code=$?
  h_ran "$h_n" "$h_code"
  case " $2 " in *" $h_code "*) ;; *) h_failed=$h_stop ;; esac
}
h_send() {
  h_limit=$1 h_exact=$2
  set -- $h_sizes
  while [ $# -ge 2 ]; do
    [ "$2" = total ] || [ "$1" -le "$h_limit" ] || h_exact=1
    shift 2
  done
  if [ -z "$h_exact" ]; then (cd "$h_dir" && exec cat $h_files); return 0; fi
  set -- $h_sizes
  while [ $# -ge 2 ]; do
    h_size=$1
    [ "$h_size" -le "$h_limit" ] || h_size=$h_limit
    [ "$2" = total ] || head -c "$h_size" "$h_dir/$2"
    shift 2
  done
}
h_gather() {
  set -- $h_jobs
  h_jobs=
  while [ $# -ge 2 ]; do
    wait "$2"
    h_ran "$1" $?
    shift 2
  done
}
h_answer() {
  h_gather
  h_sizes=
  [ -z "$h_files" ] || h_sizes=$(cd "$h_dir" && exec wc -c $h_files)
  [ -n "$h_dir" ] && [ -z "$h_full" ] || h_first=0
  printf '\\n${HEADER_MARK} %s %s%s\\n%s\\n${BODY_MARK} %s\\n' "$1" "\${BASH_VERSION:+b}$h_first" "$h_codes" "$h_sizes" "$1"
  [ -z "$h_files" ] || h_send "$2" "$3"
  printf '\\n${END_MARK} %s\\n' "$1"
}
h_clean() { [ -z "$h_dir" ] || rm -rf -- "$h_dir"; }
trap h_clean EXIT
trap 'h_clean; exit 129' HUP INT TERM PIPE
printf '\\n${HELLO_MARK} %s\\n' ${nonce}
h_find_scratch
`;
}

export interface RequestShape {
  readonly nonce: string;
  readonly sections: readonly Section[];
  readonly isStoppedByFailure: boolean;
  /** Only without `isStoppedByFailure`. */
  readonly isAtOnce: boolean;
  readonly limitBytes: number;
}

/**
 * One request. Each script is one quoted word for `eval` in a subshell, so a syntax error, an `exit` or an unclosed
 * quote in it ends there. The nonce comes last: no section can know it.
 * @throws InternalError where a script holds a NUL
 */
export function requestText({
  nonce,
  sections,
  isStoppedByFailure,
  isAtOnce,
  limitBytes,
}: RequestShape): string {
  const calls = sections.map(
    ({ script, successCodes }) => `h_section ${quote(script)} ${quote((successCodes ?? [0]).join(' '))}`,
  );
  return [
    `h_begin ${isStoppedByFailure ? "'1'" : "''"} ${isAtOnce ? "'1'" : "''"}`,
    ...calls,
    `h_answer ${nonce} ${limitBytes} ''\n`,
  ].join('\n');
}

/**
 * The same request for bash, which reads its commands from a pipe one byte at a time: a megabyte takes it a second.
 * `head` reads in blocks. What `head` might read too much is not there: one request is under way at a time.
 */
export function inOneBlock(text: string): string {
  return `eval "$(head -c ${Buffer.byteLength(text)})"\n${text}`;
}

/** Asks for the last answer once more, each file cut to the size that was counted: one of them had grown meanwhile. */
export function repeatText(nonce: string, limitBytes: number): string {
  return `h_answer ${nonce} ${limitBytes} 1\n`;
}
