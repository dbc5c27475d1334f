import { SSH_UNITS } from '../../core/login-units.js';
import { quote } from '../../core/quote.js';
import type { GuardArea, TrialLogin } from './guard-area.js';
import { judgeSshd } from './judge-sshd.js';

const PATHS = [
  '/etc/ssh',
  '/etc/default/ssh',
  '/etc/sysconfig/sshd',
  '/etc/conf.d/sshd',
  '/etc/default/dropbear',
  '/etc/dropbear',
  '/etc/conf.d/dropbear',
  // hosts_access(5): Debian's sshd asks them.
  '/etc/hosts.allow',
  '/etc/hosts.deny',
  // Fedora's sshd has its algorithms from there.
  '/etc/crypto-policies',
  ...SSH_UNITS.flatMap((unit) => [`/etc/systemd/system/${unit}`, `/etc/systemd/system/${unit}.d`]),
];

/** Programs by which somebody logs in, and the unit that a socket makes of a template for each login. */
const ALSO =
  /^(?:path:(?:\/usr)?\/s?bin\/(?:sshd|dropbear)|path:\/usr\/lib(?:exec)?\/(?:openssh|ssh)(?:\/.*)?|unit:sshd?@.*\.service)$/;

/** What `sshd -T -C` asks for, sshd(8). */
function connectionSpec({ user, peer }: TrialLogin): string {
  const of =
    peer === undefined
      ? []
      : [`addr=${peer.clientAddress}`, `laddr=${peer.serverAddress}`, `lport=${peer.serverPort}`];
  return [`user=${user}`, `host=${peer?.clientAddress ?? 'localhost'}`, ...of].join(',');
}

/** sshd, its configuration and its keys. */
export const sshArea: GuardArea = {
  name: 'ssh',
  what: 'sshd',
  timerSeconds: 60,
  alsoCovers: (thing) => ALSO.test(thing),
  paths: () => PATHS,
  units: SSH_UNITS,
  trial: (who) => `command -v sshd >/dev/null 2>&1 || exit 0
sshd -t && sshd -T -C ${quote(connectionSpec(who))}`,
  judge: judgeSshd,
  reloads: SSH_UNITS,
  // Debian makes /run/sshd when the service starts; where a socket waits for the first login it is missing until then.
  check: `mkdir -p /run/sshd 2>/dev/null
! command -v sshd >/dev/null 2>&1 || sshd -t`,
  revive: `if [ ! -d /run/systemd/system ]; then
  for h_service in sshd ssh; do
    [ -x "/etc/init.d/$h_service" ] || continue
    rc-service "$h_service" reload || rc-service "$h_service" restart || h_fail "rc-service $h_service"
  done
fi`,
};
