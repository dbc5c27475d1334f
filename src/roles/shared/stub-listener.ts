import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';

/** 127.0.0.53 port 53 as proc_net_udp(5) has it: little end first, which all processors with systemd-resolved here have. */
const IS_HELD = "grep -qsE '^ *[0-9]+: 3500007F:0035 ' /proc/net/udp";

/** The host has to find names all the while: it asks the servers of systemd-resolved itself before the stub goes. */
const RELEASE = `set -e
if grep -qs '^nameserver 127\\.0\\.0\\.53' /etc/resolv.conf; then
  ln -sf ../run/systemd/resolve/resolv.conf /etc/.resolv.conf.homelab
  mv -Tf /etc/.resolv.conf.homelab /etc/resolv.conf
fi
mkdir -p /etc/systemd/resolved.conf.d
printf '[Resolve]\\nDNSStubListener=no\\n' >/etc/systemd/resolved.conf.d/homelab.conf
systemctl restart systemd-resolved`;

/** For a service that wants port 53 of all addresses: where systemd-resolved holds it at its own (resolved.conf(5)), it no longer does. */
export function withoutStubListener({ init }: Facts): RoleItem[] {
  if (init !== 'systemd') return [];
  return [
    {
      name: 'systemd-resolved leaves port 53 alone',
      kind: 'command',
      params: { shell: RELEASE, only_if: IS_HELD },
    },
  ];
}
