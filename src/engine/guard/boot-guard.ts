import { quote } from '../../core/quote.js';
import { PENDING } from './host-folder.js';

const UNIT_FILE = '/etc/systemd/system/homelab-guard.service';

/** A timer of systemd-run(1) does not outlive a reboot; this does, and comes before sshd and the network. */
const UNIT = `# Kept by homelab.
[Unit]
Description=homelab: undo an unconfirmed change at boot
ConditionPathExists=${PENDING}/undo.sh
DefaultDependencies=no
RequiresMountsFor=/var/lib/homelab /etc
After=local-fs.target systemd-remount-fs.service
Before=network-pre.target nftables.service ssh.service sshd.service ssh.socket shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
ExecStart=/bin/sh ${PENDING}/undo.sh boot

[Install]
WantedBy=sysinit.target
`;

const OPENRC_FILE = '/etc/init.d/homelab-guard';

const OPENRC_SCRIPT = `#!/sbin/openrc-run
# Kept by homelab.
description="homelab: undo an unconfirmed change at boot"

# Not \`need\`: on Debian other scripts mount what localmount does elsewhere.
depend() {
	after localmount root checkroot.sh mountall.sh
	before net nftables sshd ssh
}

start() {
	[ -e ${PENDING}/undo.sh ] || return 0
	ebegin "Undoing an unconfirmed change"
	/bin/sh ${PENDING}/undo.sh boot
	eend $?
}
`;

/**
 * Shell text after which an unconfirmed change is undone at the next boot as well. Ends with code 1 where it cannot be
 * promised on a host that systemd runs; elsewhere OpenRC is told where it is there. Where nothing else is in its run level
 * `boot`, as on Debian, nobody enters that: `sysinit` brings the network up.
 */
export const INSTALL_BOOT_GUARD = `if [ -d /run/systemd/system ]; then
  if ! printf %s ${quote(UNIT)} | cmp -s - ${UNIT_FILE}; then
    printf %s ${quote(UNIT)} >${UNIT_FILE}.new && chmod 0644 ${UNIT_FILE}.new && mv -f ${UNIT_FILE}.new ${UNIT_FILE} || exit 1
    systemctl daemon-reload || exit 1
  fi
  systemctl -q is-enabled homelab-guard.service || systemctl -q enable homelab-guard.service || exit 1
elif command -v rc-update >/dev/null 2>&1 && ! printf %s ${quote(OPENRC_SCRIPT)} | cmp -s - ${OPENRC_FILE}; then
  printf %s ${quote(OPENRC_SCRIPT)} >${OPENRC_FILE}.new && chmod 0755 ${OPENRC_FILE}.new && mv -f ${OPENRC_FILE}.new ${OPENRC_FILE} || exit 1
  h_level=sysinit
  for h_other in /etc/runlevels/boot/*; do
    case \${h_other##*/} in homelab-* | '*') ;; *) h_level=boot ;; esac
  done
  rc-update -q add homelab-guard "$h_level" || exit 1
fi`;

/** Shell text that undoes a change whose timer has ended with the boot that it was made in, where nothing has since. */
export const UNDO_AFTER_BOOT = `[ ! -e ${PENDING}/boot ] || cmp -s ${PENDING}/boot /proc/sys/kernel/random/boot_id ||
    /bin/sh ${PENDING}/undo.sh live`;
