import type { Facts } from '../../core/facts.js';
import type { Step } from '../../core/step.js';
import { scriptStep } from './script-step.js';

/** Units that a change of sshd's configuration touches: its name is not the same everywhere. */
export const SSHD_UNITS = ['unit:ssh.service', 'unit:sshd.service', 'unit:ssh.socket'];

/**
 * Lets the sshd that runs read its configuration again, once `sshd -t` takes it, and waits until it has: it writes its
 * PidFile then. One that does not run needs nothing: it reads when it starts. Sessions go on.
 * `movesPorts`: a socket of systemd that listens for sshd is made anew.
 */
export function reloadSshdStep(facts: Facts, { movesPorts }: { readonly movesPorts: boolean }): Step {
  const reload = facts.init === 'systemd' ? SYSTEMD : facts.init === 'openrc' ? OPENRC : ANY;
  return scriptStep({
    words: ['reload', 'sshd'],
    script: [...(facts.init === 'systemd' && movesPorts ? [SOCKET] : []), RELOAD, reload, WAIT].join('\n'),
  });
}

/** systemd.socket(5): listening addresses are set up when the socket starts. */
const SOCKET = `if systemctl is-active -q ssh.socket; then
  systemctl daemon-reload && systemctl restart ssh.socket || return
fi`;

const RELOAD = `[ -d /run/sshd ] || ! sshd -t 2>&1 | grep -q 'privilege separation directory: /run/' || return 0
sshd -t || return
pidfile=$(sshd -T 2>/dev/null | sed -n 's/^[Pp][Ii][Dd][Ff][Ii][Ll][Ee] //p')
pid=$(cat "$pidfile" 2>/dev/null)`;

const SYSTEMD = `unit=
for name in ssh.service sshd.service; do
  if [ -z "$unit" ] && systemctl is-active -q "$name"; then unit=$name; fi
done
[ -n "$unit" ] || return 0
systemctl reload "$unit" || return`;

const OPENRC = `rc-service --quiet sshd status >/dev/null 2>&1 || return 0
rc-service sshd reload || return`;

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
