import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';
import { quoteAll } from '../../core/quote.js';
import { daemonConfig } from './daemon-config.js';
import type { DockerParams } from './docker-params.js';

export const CONFIG = '/etc/docker/daemon.json';

/** Seconds that the daemon may take until it answers: it looks at all containers first. */
const TIMEOUT_SECONDS = 60;

/**
 * Docker 23 and later check a file themselves. An older daemon reads its configuration before it looks who runs it: as an
 * account without rights it ends at one or the other, and nothing is started. It gets the open file, as its folder may be
 * for root alone.
 */
function validation(flags: readonly string[]): string {
  const words = quoteAll(flags);
  return `if dockerd --help 2>&1 | grep -q -e '--validate'; then
  exec dockerd --validate --config-file ${CONFIG} ${words}
fi
said=$(setpriv --reuid=65534 --regid=65534 --clear-groups dockerd --config-file /dev/stdin ${words} <${CONFIG} 2>&1)
case $said in *'needs to be started with root'*) exit 0 ;; esac
printf '%s\\n' "$said" | sed 's,/dev/stdin,${CONFIG},' >&2
exit 1`;
}

/**
 * A daemon that does not know of live-restore yet stops every container when it ends; it takes the setting over when it
 * is told to read its file again. A start that was given up is tried again.
 */
const TAKE_OVER = `tries=0
until knows || [ "$tries" -ge 20 ]; do
  tries=$((tries + 1))
  sleep 0.25
done`;

const KNOWS = `knows() { [ "$(docker info --format '{{.LiveRestoreEnabled}}' 2>/dev/null)" = true ]; }`;

function restart(init: string, isLive: boolean): string {
  const isSystemd = init === 'systemd';
  const [isRunning, reload, again] = isSystemd
    ? ['systemctl is-active -q docker', 'systemctl reload docker', 'systemctl restart docker']
    : ['rc-service -q docker status', 'rc-service docker reload', 'rc-service docker restart'];
  return [
    ...(isLive ? [KNOWS, `if ${isRunning} && ! knows && ${reload}; then`, TAKE_OVER, 'fi'] : []),
    ...(isSystemd ? ['systemctl reset-failed docker 2>/dev/null'] : []),
    again,
  ].join('\n');
}

/** The configuration of the daemon: tried before, restarted with, and taken back where Docker does not answer then. */
export function daemonItem(wanted: DockerParams, { init }: Facts): RoleItem {
  const flags = init === 'systemd' ? ['-H', 'fd://'] : [];
  return {
    name: 'configuration of the daemon',
    kind: 'service_config',
    params: {
      service: 'docker',
      files: [{ path: CONFIG, content: daemonConfig(wanted), mode: '0644', owner: 'root', group: 'root' }],
      validate: ['sh', '-c', validation(flags)],
      apply: ['sh', '-c', restart(init, wanted.live_restore)],
      checks: [{ command: ['docker', 'info'] }],
      timeout: TIMEOUT_SECONDS,
    },
  };
}
