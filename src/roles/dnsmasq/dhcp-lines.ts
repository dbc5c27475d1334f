import { isIP } from 'node:net';
import type { DhcpParams } from './dhcp-params.js';

/** Lines of dnsmasq.conf, dnsmasq(8). Options for IPv6 are others, and its addresses stand in brackets. */
export function dhcpLines(wanted: DhcpParams): string[] {
  const { ranges, hosts, router, dns, ntp, authoritative, lease_file: file } = wanted;
  const families = new Set(ranges.map(({ from }) => isIP(from)));
  return [
    ...ranges.map(({ from, to, netmask, lease }) => `dhcp-range=${words([from, to, netmask, lease])}`),
    ...hosts.map(
      ({ mac, name, address }) => `dhcp-host=${words([mac, name, address && inBrackets(address)])}`,
    ),
    // Without a word dnsmasq says that it is the router itself.
    ...(families.has(4) ? [`dhcp-option=${words(['option:router', router])}`] : []),
    ...optionLines('dns-server', dns, families),
    ...optionLines('ntp-server', ntp, families),
    ...(authoritative ? ['dhcp-authoritative'] : []),
    ...(file === undefined ? [] : [`dhcp-leasefile=${file}`]),
  ];
}

/** One line for each sort of addresses that are given away. */
function optionLines(name: string, addresses: readonly string[], families: ReadonlySet<number>): string[] {
  return [4, 6].flatMap((family) => {
    const own = addresses.filter((one) => isIP(one) === family).map(inBrackets);
    if (!families.has(family) || own.length === 0) return [];
    return [`dhcp-option=${words([family === 4 ? `option:${name}` : `option6:${name}`, ...own])}`];
  });
}

function inBrackets(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

function words(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(',');
}
