import type { Facts } from '../../core/facts.js';
import { quoteAll } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import type { RemoteShell } from '../../core/shell.js';
import { runningVersionKey, runningVersions } from '../../probes/running-versions.js';
import { askHost } from '../ask-host.js';
import { staleProcesses } from './stale-processes.js';

/** A service that runs what was replaced. */
export interface StaleService {
  /** A unit of systemd, or a service of OpenRC; `init.scope` is process 1 itself. */
  readonly unit: string;
  /** Half a sentence: `runs a replaced /usr/lib/libz.so.1`, `runs 1.8.7, 1.9.0 is installed`. */
  readonly why: string;
  /** Whoever restarts it cuts something off: containers, or the way to the host. The caller's choice. */
  readonly isDisruptive: boolean;
}

/** What an upgrade has left behind. */
export interface StaleServices {
  /** Sorted by unit; process 1 first. To be restarted. */
  readonly services: readonly StaleService[];
  /** What is not restarted one by one, sorted: sessions and everybody's messages hang on it. A boot does. */
  readonly onlyByBoot: readonly string[];
  /** Processes of logins that run what was replaced. They end with their login. */
  readonly sessions: number;
}

/** A service whose program tells its version. */
export interface VersionedService {
  readonly unit: string;
  /** The program that prints the version that is installed. */
  readonly version: readonly string[];
}

/** As needrestart(1) has it: what everything else hangs on. */
const ONLY_BY_BOOT =
  /^(?:dbus(?:-broker|-daemon)?|systemd-logind|elogind|seatd|(?:console-|serial-)?getty(?:@.*)?|agetty.*|user@.*|user-runtime-dir@.*|emergency|rescue|gdm\d*|lightdm|sddm|lxdm|slim|xdm|display-manager|polkit)(?:\.service)?$/;

/** Containers, machines, and what the connection may go through. */
const DISRUPTIVE =
  /^(?:docker|libvirtd|libvirt-guests|virt.*d|lxc|lxd|incus|pve-guests|pve-cluster|corosync|pve-ha-.*|k3s(?:-agent)?|NetworkManager|networking|network|wpa_supplicant|iwd|ifplugd|openvpn.*|wg-quick@.*|wireguard.*|tailscaled?|zerotier-one|strongswan.*|ipsec|tinc.*|frr|bird|hostapd|dhcpcd|bluetooth)(?:\.service)?$/;

const DOCKER = /^docker(?:\.service)?$/;

/**
 * What has to be restarted on a host. Of `services` those whose running program is another than the installed one count too.
 * Only reads. @throws HomelabError `rolling/no-answer`, `transport/…`
 */
export async function staleServices(
  shell: RemoteShell,
  { init }: Facts,
  services: readonly VersionedService[] = [],
): Promise<StaleServices> {
  const [{ processes, named }, versions] = await Promise.all([
    shell.read(staleProcesses, ''),
    Promise.all(services.map((service) => versionReason(shell, init, service))),
  ]);
  const why = new Map<string, string>();
  for (const { unit, reason } of versions) if (reason !== undefined) why.set(unit, reason);
  for (const { of, file } of processes) {
    if (of.is === 'init') why.set('init.scope', `runs a replaced ${file}`);
    if (of.is === 'service' && !why.has(of.unit)) why.set(of.unit, `runs a replaced ${file}`);
  }
  for (const unit of named) if (!why.has(unit)) why.set(unit, 'needrestart names it');
  const units = [...why.keys()].toSorted(byUnit);
  const keepsContainers = units.some((unit) => DOCKER.test(unit)) && (await livesOn(shell));
  return {
    services: units
      .filter((unit) => !ONLY_BY_BOOT.test(unit))
      .map((unit) => ({
        unit,
        why: why.get(unit) ?? '',
        isDisruptive: DISRUPTIVE.test(unit) && !(keepsContainers && DOCKER.test(unit)),
      })),
    onlyByBoot: units.filter((unit) => ONLY_BY_BOOT.test(unit)),
    sessions: processes.filter(({ of }) => of.is === 'session').length,
  };
}

function byUnit(a: string, b: string): number {
  if ((a === 'init.scope') !== (b === 'init.scope')) return a === 'init.scope' ? -1 : 1;
  return a < b ? -1 : 1;
}

/** A unit of systemd by its full name, as its control group has it. */
async function versionReason(
  shell: RemoteShell,
  init: string,
  { unit, version }: VersionedService,
): Promise<{ readonly unit: string; readonly reason: string | undefined }> {
  const kept = init === 'openrc' ? 'openrc' : 'systemd';
  const service = kept === 'systemd' && !/\.\w+$/.test(unit) ? `${unit}.service` : unit;
  const found = await shell.read(runningVersions, runningVersionKey({ init: kept, service, version }));
  const { is, running, installed } = found;
  if (is === 'replaced') {
    const isTold = running !== '' && installed !== '' && running !== installed;
    return {
      unit: service,
      reason: isTold ? `runs ${running}, ${installed} is installed` : 'runs a replaced program',
    };
  }
  const isOther = is === 'other' && running !== '' && installed !== '' && running !== installed;
  return { unit: service, reason: isOther ? `runs ${running}, ${installed} is installed` : undefined };
}

/** Whether containers outlive their daemon: `live-restore`. */
async function livesOn(shell: RemoteShell): Promise<boolean> {
  const { stdout } = await askHost(
    shell,
    "timeout 10 docker info --format '{{.LiveRestoreEnabled}}' 2>/dev/null; true",
  );
  return stdout.trim() === 'true';
}

/**
 * Shell text that restarts `units`, those that still run, and lets process 1 start itself anew for `init.scope`. Exit code 1
 * with a line for each on stderr that does not run then. Names are quoted; what is no unit is not there.
 */
export function restartScript({ init }: Facts, units: readonly string[]): string {
  const names = quoteAll(units.filter((unit) => unit !== 'init.scope'));
  if (init !== 'systemd') {
    return `${SET_PATH}
h_code=0
for h_unit in ${names}; do
  rc-service --ifstarted "$h_unit" restart || { printf '%s does not start again\\n' "$h_unit" >&2; h_code=1; }
done
exit "$h_code"`;
  }
  const reexec = units.includes('init.scope')
    ? 'systemctl daemon-reexec || exit'
    : 'systemctl daemon-reload || exit';
  return `${SET_PATH}
${reexec}
h_running=
for h_unit in ${names}; do
  if systemctl -q is-active -- "$h_unit"; then h_running="$h_running $h_unit"; fi
done
[ -n "$h_running" ] || exit 0
set -f
# All in one: systemd knows in which order.
systemctl try-restart -- $h_running
h_code=0
for h_unit in $h_running; do
  # A service that has done its work and ended is no failure.
  if systemctl -q is-failed -- "$h_unit"; then printf '%s does not start again\\n' "$h_unit" >&2; h_code=1; fi
done
exit "$h_code"`;
}
