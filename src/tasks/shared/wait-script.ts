import type { Check } from '../../core/check.js';
import { quoteAll } from '../../core/quote.js';
import type { RunStep } from '../../core/step.js';
import { ATTEMPT, attemptArgv } from '../../probes/readiness.js';
import { scriptStep } from './script-step.js';

export interface Wait {
  readonly check: Check;
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
}

/** However short the interval is: a connection over a slow link takes a while. */
const SHORTEST_LIMIT_SECONDS = 5;

/** How long one attempt may take: the interval, but at least five seconds, and never more than all of it together. */
export function limitOf({ timeoutSeconds, intervalSeconds }: Wait): number {
  return Math.min(timeoutSeconds, Math.max(intervalSeconds, SHORTEST_LIMIT_SECONDS));
}

/**
 * The step that asks until the check holds. Exit code 1 with what was seen last when the time is up. Time is the
 * machine's uptime, as the clock may be set meanwhile. Nobody tells a program that the connection it serves was lost:
 * it sees its ancestors go. (The last one may go by itself: sshd's listener, when that is restarted.)
 */
export function waitStep(wait: Wait): RunStep {
  const { check, timeoutSeconds, intervalSeconds } = wait;
  const limit = limitOf(wait);
  return scriptStep({
    words: [describeCheck(check), `${timeoutSeconds}s`],
    script: `${ATTEMPT}
now() {
  if read -r up rest </proc/uptime; then now=\${up%%.*}; else now=$(date +%s); fi
} 2>/dev/null
ancestors() {
  line= pid=$$
  while [ "$pid" -gt 1 ] && read -r stat <"/proc/$pid/stat"; do
    line="$line $pid"
    set -- \${stat##*) }
    pid=$2
  done
} 2>/dev/null
once() { attempt "$1" ${quoteAll(attemptArgv(check, limit))}; }
ancestors
known=$line
now
end=$((now + ${timeoutSeconds}))
while :; do
  now
  limit=$((end - now))
  [ "$limit" -le ${limit} ] || limit=${limit}
  [ "$limit" -ge 1 ] || limit=1
  seen=$(once "$limit" 2>&1)
  code=$?
  [ "$code" -ne 0 ] || exit 0
  # Whole: half of a secret is found by nobody who masks it.
  seen=$(printf '%s\\n' "$seen" | sed -n '$p')
  if [ "$code" -eq 137 ]; then seen="no answer within $limit s"; fi
  now
  rest=$((end - now))
  [ "$rest" -gt 0 ] || break
  [ "$rest" -le ${intervalSeconds} ] || rest=${intervalSeconds}
  sleep "$rest"
  ancestors
  [ "$line" = "$known" ] || [ "$line" = "\${known% *}" ] || exit 1
done
printf 'not ready after %s s; last seen: %s\\n' ${timeoutSeconds} "\${seen:-exit code $code}" >&2
exit 1`,
  });
}

/** What is waited for, in a few words. */
export function describeCheck(check: Check): string {
  switch (check.kind) {
    case 'tcp':
      return `tcp ${check.host.includes(':') ? `[${check.host}]` : check.host}:${check.port}`;
    case 'http':
      return check.url;
    case 'dns':
      return [
        'dns',
        check.name,
        check.type,
        check.server && `@${check.server}`,
        check.port && `port ${check.port}`,
      ]
        .filter(Boolean)
        .join(' ');
    case 'command':
      return quoteAll(check.argv);
    default:
      return `path ${check.path}`;
  }
}
