import type { GuardArea } from './guard-area.js';

const UNITS = [
  'nftables.service',
  'homelab-firewall.service',
  'netfilter-persistent.service',
  'ufw.service',
  'firewalld.service',
];
const PATHS = [
  '/etc/nftables.conf',
  '/etc/nftables.d',
  '/etc/nftables',
  '/etc/sysconfig/nftables.conf',
  '/etc/homelab/firewall.nft',
  '/var/lib/homelab-firewall',
  '/etc/systemd/system/homelab-firewall.service',
  '/etc/init.d/homelab-firewall',
  '/etc/iptables',
  '/etc/default/ufw',
  '/etc/ufw',
  '/etc/firewalld',
];

/** nft(8): a family and a name; a line of `nft list tables` begins with a word more. */
const EACH_TABLE = 'nft list tables 2>/dev/null | while read -r h_word h_family h_name';

/**
 * The packet filter. Table by table: those that nobody touched stay as they are, for what Docker and iptables-nft put
 * there cannot be loaded from its own listing.
 */
export const firewallArea: GuardArea = {
  name: 'firewall',
  what: 'the firewall',
  timerSeconds: 90,
  paths: () => PATHS,
  units: UNITS,
  // What the change has written: rules that were there and do not load are no fault of it.
  trial:
    () => `! command -v nft >/dev/null 2>&1 || for h_file in /etc/nftables.conf /etc/homelab/firewall.nft; do
  [ -z "$(find "$h_file" -newer /tmp/begun 2>/dev/null)" ] || nft -c -f "$h_file" || exit 1
done`,
  note: `if command -v nft >/dev/null 2>&1; then
  mkdir "$h_c/tables" || exit 1
  nft list tables >"$h_c/tables/all" || exit 1
  h_n=0
  while read -r h_word h_family h_name; do
    h_n=$((h_n + 1))
    nft -s list table "$h_family" "$h_name" >"$h_c/tables/$h_n" || exit 1
  done <"$h_c/tables/all"
fi`,
  revive: `if [ -f "$h_c/tables/all" ]; then
  ${EACH_TABLE}; do
    grep -qxF "$h_word $h_family $h_name" "$h_c/tables/all" || nft delete table "$h_family" "$h_name" || exit 1
  done || h_fail 'nft delete table'
  h_n=0
  while read -r h_word h_family h_name; do
    h_n=$((h_n + 1))
    ! nft -s list table "$h_family" "$h_name" 2>/dev/null | cmp -s - "$h_c/tables/$h_n" || continue
    {
      printf 'table %s %s\\ndelete table %s %s\\n' "$h_family" "$h_name" "$h_family" "$h_name"
      cat "$h_c/tables/$h_n"
    } >"$h_c/tables/load" && nft -f "$h_c/tables/load" || h_fail "nft table $h_family $h_name"
  done <"$h_c/tables/all"
fi`,
};
