import type { Check } from '../core/check.js';
import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { DNS } from './dns-script.js';

/**
 * `attempt SECONDS PROGRAM…` runs a program and ends it when the time is up, exit code 137. `timeout` is in coreutils,
 * busybox and POSIX.1-2024; without it the program itself is ended, but not what it has started.
 */
export const ATTEMPT = `attempt() {
  attempt_limit=$1
  shift
  if command -v timeout >/dev/null 2>&1; then timeout -s KILL "$attempt_limit" "$@"; return; fi
  "$@" &
  attempt_pid=$!
  ( sleep "$attempt_limit"; kill -KILL "$attempt_pid" ) >/dev/null 2>&1 &
  attempt_watch=$!
  wait "$attempt_pid"
  attempt_code=$?
  kill "$attempt_watch" 2>/dev/null
  return "$attempt_code"
}`;

/** The key that asks once whether `check` holds, for at most `limitSeconds`. */
export function readinessKey(check: Check, limitSeconds: number): string {
  return JSON.stringify([limitSeconds, ...attemptArgv(check, limitSeconds)]);
}

/** Whether the check of a {@link readinessKey} holds. All are asked at the same time: one that hangs delays no other. */
export const readiness: Reader<boolean> = {
  name: 'readiness',
  script: (keys) => {
    const asked = keys.map((key, index) => {
      const [limit, ...argv] = JSON.parse(key) as [number, ...string[]];
      return `{ attempt ${limit} ${quoteAll(argv)} </dev/null >/dev/null 2>&1 && printf '%s\\n' ${index}; } &`;
    });
    return `${ATTEMPT}\n${asked.join('\n')}\nwait`;
  },
  parse: ({ stdout }, keys) => {
    const held = new Set(stdout.split('\n'));
    return keys.map((_, index) => held.has(String(index)));
  },
};

/**
 * The program that asks once whether `check` holds: exit code 0 where it does; otherwise it prints what it saw, the last
 * line saying most. Values are arguments, never part of a script.
 */
export function attemptArgv(check: Check, limitSeconds: number): readonly string[] {
  const limit = String(limitSeconds);
  switch (check.kind) {
    case 'tcp':
      return ['sh', '-c', TCP, 'sh', check.host, String(check.port), limit];
    case 'http': {
      const statuses = check.statuses.length === 0 ? ['2xx'] : check.statuses.map(String);
      return ['sh', '-c', HTTP, 'sh', check.url, limit, check.isInsecure ? 'insecure' : '', ...statuses];
    }
    case 'dns':
      return [
        'sh',
        '-c',
        DNS,
        'sh',
        ...[check.name, check.type, check.server, check.port].map((one) => String(one ?? '')),
        limit,
      ];
    case 'command':
      return check.argv;
    default:
      return ['sh', '-c', '[ -e "$1" ] || { echo "it is not there"; exit 1; }', 'sh', check.path];
  }
}

/** bash opens connections itself; of nc there are several, which look (`-z`) or start a program (`-e`) or neither. */
const TCP = `host=$1 port=$2 limit=$3
refuse() { echo "$1"; exit 1; }
if command -v bash >/dev/null 2>&1; then exec bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$host" "$port"; fi
nc_help=$(nc -h 2>&1 || nc --help 2>&1)
case $nc_help in
  *' -z'* | *'[-'*z*']'*) nc -z -w "$limit" "$host" "$port" || refuse 'no connection'; exit ;;
esac
if command -v curl >/dev/null 2>&1; then
  case $host in *:*) host="[$host]" ;; esac
  # curl holds what it has opened until its own time is up.
  case $limit in 1 | 2) most=0.5 ;; *) most=2 ;; esac
  made=$(curl -q -s -o /dev/null -m "$most" --noproxy '*' -w '%{num_connects}' "telnet://$host:$port" </dev/null)
  [ "$made" = 1 ] || refuse 'no connection'
  exit
fi
case $nc_help in *'-e PROG'*) nc -w "$limit" "$host" "$port" -e true || refuse 'no connection'; exit ;; esac
refuse 'none of bash, curl and an nc that can look is installed'`;

/** The first answer counts: a redirection is a status like others. */
const HTTP = `url=$1 limit=$2 insecure=$3
shift 3
if command -v curl >/dev/null 2>&1; then
  said=$(curl -q -g -s -S -o /dev/null -m "$limit" \${insecure:+-k} -w '\\n%{http_code}' --url "$url" 2>&1)
  code=$(printf '%s\\n' "$said" | sed -n '$p')
elif command -v wget >/dev/null 2>&1; then
  once=
  if wget --version 2>/dev/null | grep 'GNU Wget' >/dev/null; then once="--tries=1 --max-redirect=0 --timeout=$limit"; fi
  said=$(wget -q -S -O /dev/null $once \${insecure:+--no-check-certificate} "$url" 2>&1)
  code=$(printf '%s\\n' "$said" | sed -n 's|.*HTTP/[0-9.]* \\([0-9][0-9][0-9]\\).*|\\1|p' | head -n 1)
else
  echo 'neither curl nor wget is installed'
  exit 1
fi
for wanted in "$@"; do
  [ "$wanted" != "$code" ] || exit 0
  case $wanted$code in 2xx2[0-9][0-9]) exit 0 ;; esac
done
case $code in '' | 000) printf '%s\\n' "$said" | sed '/^0*$/d' ;; *) echo "status $code" ;; esac
exit 1`;
