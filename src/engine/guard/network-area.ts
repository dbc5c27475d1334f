import { NETWORK_UNITS } from '../../core/login-units.js';
import type { GuardArea } from './guard-area.js';

/** Instances name an interface. */
const INSTANCE = /^unit:(?:wg-quick|wpa_supplicant|ifup|dhcpcd|netctl)@.*\.service$/;
const PATHS = [
  '/etc/network',
  '/etc/netplan',
  '/etc/systemd/network',
  '/etc/NetworkManager',
  '/etc/dhcpcd.conf',
  '/etc/dhcp',
  '/etc/sysconfig/network',
  '/etc/sysconfig/network-scripts',
  '/etc/connman',
  '/etc/wpa_supplicant',
  '/etc/iwd',
  '/etc/wireguard',
  '/etc/resolv.conf',
];

/** Addresses, routes, and what makes them. */
export const networkArea: GuardArea = {
  name: 'network',
  what: 'the network',
  timerSeconds: 180,
  alsoCovers: (thing) => INSTANCE.test(thing),
  paths: () => PATHS,
  units: NETWORK_UNITS,
  trial: () => '! command -v netplan >/dev/null 2>&1 || [ ! -d /etc/netplan ] || netplan generate',
  // ip-address(8), ip-route(8): a dump that `restore` reads; what is there already it complains about, and goes on.
  note: `if command -v ip >/dev/null 2>&1; then
  ip -o link show up | sed -n 's/^[0-9]*: \\([^:@]*\\).*/\\1/p' >"$h_c/links"
  ip addr save >"$h_c/addresses" 2>/dev/null || rm -f "$h_c/addresses"
  ip route save >"$h_c/routes" 2>/dev/null || rm -f "$h_c/routes"
fi`,
  revive: `if [ -e "$h_c/changed" ]; then
  if command -v netplan >/dev/null 2>&1 && [ -d /etc/netplan ]; then netplan apply
  elif systemctl is-active -q systemd-networkd; then networkctl reload
  elif systemctl is-active -q NetworkManager; then nmcli connection reload
  elif systemctl is-active -q networking; then systemctl restart networking; fi
fi
while read -r h_link; do ip link set dev "$h_link" up; done <"$h_c/links"
[ ! -f "$h_c/addresses" ] || ip addr restore <"$h_c/addresses"
[ ! -f "$h_c/routes" ] || ip route restore <"$h_c/routes"`,
};
