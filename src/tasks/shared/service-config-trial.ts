import type { Check } from '../../core/check.js';
import type { Facts } from '../../core/facts.js';
import { printfWord, quote, quoteAll } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import { Secret } from '../../core/secret.js';
import type { RunStep } from '../../core/step.js';
import { ATTEMPT, attemptArgv } from '../../probes/readiness.js';
import { openrcName } from './openrc-state.js';
import { scriptStep } from './script-step.js';
import { KEPT } from './service-config-kept.js';
import type { ServiceConfig } from './service-config-params.js';
import { putScript, sandboxScript, VERDICT, type TriedFile } from './service-config-sandbox.js';
import { describeCheck } from './wait-script.js';

/** Where what a trial may have to put back is kept: root's, and it outlives reboots. */
const TRIALS = '/var/lib/homelab/trials';

/** Seconds that one attempt at a check may take. */
const ATTEMPT_SECONDS = 5;

/** The key of the reader `existence` that tells of a trial of `service` that began and is not over. */
export function beganKey(service: string): string {
  return `path:${TRIALS}/${service}/began`;
}

/**
 * The step that checks `files`, lets them take effect, and puts back what was there where the checks do not hold then.
 * Code 1 with why on stderr; nothing is changed in that case. It goes on by itself where the connection is lost.
 */
export function trialStep(wanted: ServiceConfig, files: readonly TriedFile[], facts: Facts): RunStep {
  const { service } = wanted;
  const isSecret = files.some((file) => !file.isAbsent && file.body instanceof Secret);
  const text = wholeScript(wanted, files, facts);
  // A secret stands in what is made of the text as well, so all of it goes the way that no error shows.
  return scriptStep({
    words: [`new configuration of ${service}`],
    ...(isSecret ? { secretly: `whole() {\n${text}\n}`, script: 'whole' } : { script: text }),
  });
}

function wholeScript(wanted: ServiceConfig, files: readonly TriedFile[], facts: Facts): string {
  const { service, validate, sandbox } = wanted;
  const put = putScript(files);
  const inside = sandboxScript(put, validate ?? [], sandbox?.empty ?? []);
  const unshare = sandbox?.network === false ? 'unshare -m -n' : 'unshare -m';
  return `${SET_PATH}
inside=
${
  validate === undefined
    ? 'inside=yes'
    : `said=$(printf ${printfWord(Buffer.from(inside))} | ${unshare} sh 2>&1)
case $said in
  *'${VERDICT}0') inside=yes ;;
  *'${VERDICT}'*)
    words=\${said%'${VERDICT}'*}
    [ -n "$words" ] || words=${quote(`${validate.join(' ')} refuses the new files`)}", exit code \${said##*:}"
    printf '%s\\n' "$words" >&2
    exit 1
    ;;
esac`
}
export inside
run() {
  unit=homelab-trial-${quote(service.replaceAll(/[^A-Za-z0-9_.-]/g, '-'))}
  if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
    # One that a lost connection left behind comes to its end first.
    while systemctl -q is-active "$unit.service"; do sleep 0.2 2>/dev/null || sleep 1; done
    systemd-run --quiet --pipe --wait --collect --unit="$unit" --setenv=inside="$inside" /bin/sh
  elif command -v setsid >/dev/null 2>&1; then setsid sh
  else sh
  fi
}
printf ${printfWord(Buffer.from(trialScript(wanted, put, facts)))} | run`;
}

/** Shell text that makes the files take effect, as a function of its own name. */
function applyScript({ apply, service }: ServiceConfig, { init }: Facts): string {
  if (apply === 'none') return ':';
  if (typeof apply !== 'string') return quoteAll(apply);
  if (init === 'openrc') {
    const name = quote(openrcName(service));
    return apply === 'restart'
      ? `rc-service ${name} restart`
      : `{ rc-service --ifstarted ${name} reload || rc-service ${name} restart; }`;
  }
  const verb = apply === 'restart' ? 'restart' : 'reload-or-restart';
  return `{ systemctl reset-failed ${quote(service)} 2>/dev/null; systemctl ${verb} -- ${quote(service)}; }`;
}

function isRunning({ service }: ServiceConfig, { init }: Facts): string {
  return init === 'openrc'
    ? `rc-service -q ${quote(openrcName(service))} status >/dev/null 2>&1`
    : `systemctl -q is-active -- ${quote(service)}`;
}

/** Shell text that prints what is another with each start of the service; nothing where nobody counts them. */
function startId({ service }: ServiceConfig, { init }: Facts): string {
  return init === 'openrc' ? ':' : `systemctl show -p InvocationID -- ${quote(service)}`;
}

function stop({ service }: ServiceConfig, { init }: Facts): string {
  return init === 'openrc'
    ? `rc-service ${quote(openrcName(service))} stop`
    : `systemctl stop -- ${quote(service)}`;
}

/** The last words of the service, for who has to find out what it did not like: with `--since`, `-n` means the first. */
function lastWords({ service }: ServiceConfig, { init }: Facts): string {
  return init === 'openrc'
    ? ':'
    : `journalctl --sync 2>/dev/null; journalctl -q -u ${quote(service)} --since "@$began_at" --no-pager -o cat 2>/dev/null | tail -n 5`;
}

/** Shell text \`check_N SECONDS\` and what each is called. */
function checkFunctions(checks: readonly Check[]): string {
  return checks
    .map(
      (check, index) =>
        `check_${index}() { attempt "$1" ${quoteAll(attemptArgv(check, ATTEMPT_SECONDS))} </dev/null 2>&1; }
name_${index}=${quote(describeCheck(check))}`,
    )
    .join('\n');
}

/**
 * What was there is kept before anything changes, in a folder whose \`began\` says that it is whole. It goes when it is
 * decided. A trial that was cut off is begun again with what was there before the first one.
 */
function trialScript(wanted: ServiceConfig, put: string, facts: Facts): string {
  const { service, checks, keeps, timeout, validate, apply } = wanted;
  const all = [...checks, ...keeps];
  const paths = [...new Set([...wanted.files.map(({ path }) => path), ...wanted.made])];
  const folder = `${TRIALS}/${service}`;
  const mustRun = apply === 'restart' || apply === 'reload';
  return `trap '' HUP INT TERM PIPE
${SET_PATH}
umask 077
trial=${quote(folder)}
${put}
${ATTEMPT}
${checkFunctions(all)}
is_running() { ${isRunning(wanted, facts)}; }
start_id() { ${startId(wanted, facts)}; }
now() { read -r up rest </proc/uptime; now=\${up%%.*}; }
${KEPT}
settle() { rm -rf "$trial"; rmdir ${TRIALS} 2>/dev/null || :; }
# What could not be put back stays for the next run, which begins with it.
lost() {
  printf '%s\\n' "what was there before could not all be put back: it is in $trial/was, and the next run tries again" >&2
  exit 1
}
# Before the service has seen anything of it.
refuse() {
  printf '%s\\n' "$1" >&2
  put_back || lost
  settle
  exit 1
}
fail() {
  printf '%s\\n' "$1" >&2
  { ${lastWords(wanted, facts)}; } >&2
  put_back || lost
  if [ -e "$trial/ran" ]; then apply 2>/dev/null; else ${mustRun ? stop(wanted, facts) : 'apply 2>/dev/null'}; fi
  if [ -e "$trial/ran" ] && ! is_running; then printf '%s\\n' 'the old files are back, but the service does not run' >&2
  else printf '%s\\n' 'what was there before is back' >&2; fi
  settle
  exit 1
}
apply() { ${applyScript(wanted, facts)}; }
main() {
  [ -d "$trial/began" ] || rm -rf "$trial"
  mkdir -p "$trial" || exit 1
  # The last one may have tried files that this one knows nothing of.
  if [ -d "$trial/began" ]; then put_back || lost; fi
  for path in ${quoteAll(paths)}; do keep "$path" || exit 1; done
  kept=' ${checks.map((_, index) => `${index} `).join('')}'
  if [ ! -d "$trial/began" ]; then
    if is_running; then : >"$trial/ran"; fi
    for check in ${keeps.map((_, index) => checks.length + index).join(' ')}; do
      if "check_$check" ${ATTEMPT_SECONDS} >/dev/null; then kept="$kept$check "; fi
    done
    sync
    mkdir "$trial/began" || exit 1
  fi
  began_at=$(date +%s)
  said=$(put_all 2>&1) || refuse "the files could not be written: $said"
  if [ "$inside" != yes ]; then
    said=$(${quoteAll(validate ?? ['true'])} </dev/null 2>&1) || refuse "\${said:-the new files are refused, exit code $?}"
  fi
  # Into a file: a daemon that keeps its output open would be waited for.
  apply >"$trial/said" 2>&1 || fail "$(cat "$trial/said")"
  started=$(start_id)
  now
  end=$((now + ${timeout}))
  for check in $kept; do
    while :; do
      seen=$("check_$check" ${ATTEMPT_SECONDS}) && break
      # What the shell says of one that was ended is not what was seen.
      [ "$?" -ne 137 ] || seen=
      now
      if [ "$now" -ge "$end" ]; then
        eval "name=\\$name_$check"
        # Whole: half of a secret is found by nobody who masks it.
        seen=$(printf '%s\\n' "$seen" | sed -n '$p')
        fail "$name does not hold after ${timeout} s: \${seen:-no answer}"
      fi
      sleep 0.2 2>/dev/null || sleep 1
    done
  done
${
  mustRun
    ? `  if [ "$kept" = ' ' ]; then sleep 2; [ "$(start_id)" = "$started" ] || fail 'the service does not stay'; fi
  is_running || fail 'the service does not stay'`
    : ''
}
  settle
}
main </dev/null`;
}
