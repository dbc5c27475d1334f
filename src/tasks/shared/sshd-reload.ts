import type { Facts } from '../../core/facts.js';
import type { Step } from '../../core/step.js';
import { scriptStep } from './script-step.js';

/** What a state says of a daemon that has read its files, and of one that has not read what they say now. */
export const AS_WRITTEN = 'as written';
export const OLDER = 'an older configuration';

/** Units that a change of sshd's configuration touches: its name is not the same everywhere. */
export const SSHD_UNITS = ['unit:ssh.service', 'unit:sshd.service', 'unit:ssh.socket', 'unit:sshd.socket'];

/**
 * Lets the sshd that runs read its configuration again, once `sshd -t` takes it, and waits until it has: it writes its
 * PidFile then. One that does not run needs nothing: it reads when it starts. Sessions go on.
 * `movesPorts`: a socket of systemd that listens for sshd is made anew.
 */
export function reloadSshdStep(facts: Facts, { movesPorts }: { readonly movesPorts: boolean }): Step {
  const reload = facts.init === 'systemd' ? SYSTEMD : facts.init === 'openrc' ? OPENRC : ANY;
  return scriptStep({
    words: ['reload', 'sshd'],
    script: [CHECK, ...(facts.init === 'systemd' ? [SOCKET(movesPorts)] : []), FIND, reload, WAIT].join('\n'),
  });
}

/**
 * Where a socket of systemd listens, an sshd that has been given it may not find it again after a reload: it is ended, and
 * the next login starts one that reads everything. Sessions outlive that (KillMode=process). Other addresses need the
 * socket made anew, which it is not while its service runs: systemd.socket(5).
 */
const SOCKET = (movesPorts: boolean): string => `for name in ssh sshd; do
  systemctl is-active -q "$name.socket" || continue
  systemctl stop "$name.service" 2>/dev/null
${movesPorts ? '  systemctl daemon-reload && systemctl restart "$name.socket" || return\n' : ''}  return 0
done`;

/** Where its folder in /run is missing, no sshd runs, and `sshd -t` would complain of nothing else. */
const CHECK = `idle=
[ -d /run/sshd ] || ! sshd -t 2>&1 | grep -q 'privilege separation directory: /run/' || idle=yes
[ -n "$idle" ] || sshd -t || return`;

const FIND = `[ -z "$idle" ] || return 0
pidfile=$(sshd -T 2>/dev/null | sed -n 's/^[Pp][Ii][Dd][Ff][Ii][Ll][Ee] //p')
pid=$(cat "$pidfile" 2>/dev/null)`;

const SYSTEMD = `unit=
for name in ssh.service sshd.service; do
  if [ -z "$unit" ] && systemctl is-active -q "$name"; then unit=$name; fi
done
[ -n "$unit" ] || return 0
systemctl reload "$unit" || return`;

const OPENRC = `service=
for name in sshd ssh; do
  if [ -z "$service" ] && rc-service --quiet "$name" status >/dev/null 2>&1; then service=$name; fi
done
[ -n "$service" ] || return 0
rc-service "$service" reload || return`;

const ANY = `[ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 0
kill -HUP "$pid" || return`;

const WAIT = `[ -n "$pid" ] || return 0
left=100
until [ -s "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null && ! [ /etc/ssh/sshd_config.d -nt "$pidfile" ] &&
  ! [ /etc/ssh/sshd_config -nt "$pidfile" ]; do
  left=$((left - 1))
  if [ "$left" = 0 ]; then echo 'sshd did not read its configuration again' >&2; return 1; fi
  sleep 0.1
done`;
