import { quote, quoteAll } from '../../core/quote.js';
import { argvOf, type CheckJob } from './check-job.js';
import { markLine } from './schedule-mark.js';

/** Files of a schedule that cron runs, absolute. */
export interface ScriptFiles {
  readonly script: string;
  /** Held while a check runs. */
  readonly lock: string;
  /** What the last check said. */
  readonly log: string;
  /** When the last check ended, in seconds since 1970, a space, and its exit code. */
  readonly last: string;
}

/** As long as the unit of systemd may take. */
const MOST_SECONDS = 30 * 60;

/**
 * What cron runs: a check, unless one is still at it. It prints what the check said where that failed, for cron to mail.
 * flock(1) and timeout(1) are in util-linux, coreutils and busybox; where they are not, it goes without.
 */
export function checkScript(job: CheckJob, { lock, log, last }: ScriptFiles): string {
  const { project, every, words, env } = job;
  const next = quote(`${last}.new`);
  return [
    '#!/bin/sh',
    markLine({ project, every: every.written, words }),
    '# Written by `homelab schedule drift`, which replaces it.',
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`),
    'umask 022',
    'cd / || exit 1',
    `exec 9>${quote(lock)} || exit 1`,
    'if command -v flock >/dev/null 2>&1; then flock -n 9 || exit 0; fi',
    `set -- ${quoteAll(argvOf(job))}`,
    `if command -v timeout >/dev/null 2>&1; then set -- timeout ${MOST_SECONDS} "$@"; fi`,
    `"$@" >${quote(log)} 2>&1 </dev/null 9>&-`,
    'code=$?',
    `echo "$(date +%s) $code" >${next} && mv -f ${next} ${quote(last)}`,
    '# Drift was found, and told: the check itself went well.',
    'case $code in 0 | 2) exit 0 ;; esac',
    `cat ${quote(log)}`,
    'exit $code',
    '',
  ].join('\n');
}
