import type { FirewallRule, FirewallZone, Service } from './firewall-schema.js';
import type { Network } from '../../core/networks.js';

/** The table that typed rules live in. */
export const OWN_TABLE = 'inet homelab';

/**
 * What nothing works without: answers, the machine itself, errors and neighbours of IP (RFC 4890, 4.4), a lease of
 * DHCP, whose answer comes from another address than the question went to.
 */
const ESSENTIALS = [
  'ct state established,related accept',
  'ct state invalid drop',
  'iifname "lo" accept',
  'icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept',
  'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request } accept',
  'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept',
  'icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } ip6 saddr fe80::/10 accept',
  'udp sport 67 udp dport 68 accept',
  'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
];

/**
 * Typed rules as one nftables table: what comes in is dropped unless a rule lets it in, the rules of the interface's zone
 * first. What the machine sends and what it forwards (containers, routers) is left alone.
 */
export function tableOf(
  zones: Readonly<Record<string, FirewallZone>>,
  rules: readonly FirewallRule[],
): string {
  const named = Object.entries(zones);
  const jumps = named.flatMap(([name, { interfaces }]) =>
    interfaces.map((one) => `iifname "${one}" jump zone_${name}`),
  );
  return [
    `table ${OWN_TABLE} {`,
    ...named.flatMap(([name, zone]) => chain(`zone_${name}`, zone.rules.flatMap(ruleLines))),
    ...chain('input', [
      'type filter hook input priority filter; policy drop;',
      ...ESSENTIALS,
      ...jumps,
      ...rules.flatMap(ruleLines),
    ]),
    '}',
    '',
  ].join('\n');
}

function chain(name: string, lines: readonly string[]): string[] {
  return [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), '\t}'];
}

/** One nft rule for each family of addresses and each protocol. */
function ruleLines({ verdict, services, from, comment }: FirewallRule): string[] {
  const note = comment === undefined ? '' : ` comment "${comment}"`;
  const sources =
    from === undefined ? [''] : ([4, 6] as const).flatMap((family) => sourceMatch(from, family));
  return sources.flatMap((source) =>
    serviceMatches(services).map(
      ({ match, isTcp }) => `${source}${match}${verdictOf(verdict, isTcp)}${note}`,
    ),
  );
}

function sourceMatch(from: readonly Network[], family: 4 | 6): string[] {
  const own = from.filter((network) => network.family === family).map(({ text }) => text);
  return own.length === 0 ? [] : [`${family === 4 ? 'ip' : 'ip6'} saddr ${braced(own)} `];
}

function serviceMatches(services: readonly Service[]): { match: string; isTcp: boolean }[] {
  if (services.some(({ is }) => is === 'any')) return [{ match: '', isTcp: false }];
  const ports = (['tcp', 'udp'] as const).flatMap((protocol) => {
    const ranges = portRanges(services, protocol);
    return ranges.length === 0
      ? []
      : [{ match: `${protocol} dport ${braced(ranges)} `, isTcp: protocol === 'tcp' }];
  });
  const numbers = services.flatMap((service) => (service.is === 'protocol' ? [String(service.number)] : []));
  const whole = [...new Set(numbers)];
  return whole.length === 0 ? ports : [...ports, { match: `meta l4proto ${braced(whole)} `, isTcp: false }];
}

/** Sorted and joined: nft takes no overlaps in a set. */
function portRanges(services: readonly Service[], protocol: 'tcp' | 'udp'): string[] {
  const joined: { first: number; last: number }[] = [];
  const own = services.flatMap((one) => (one.is === 'ports' && one.protocol === protocol ? [one] : []));
  for (const { first, last } of own.toSorted((a, b) => a.first - b.first)) {
    const previous = joined.at(-1);
    if (previous !== undefined && first <= previous.last + 1) previous.last = Math.max(previous.last, last);
    else joined.push({ first, last });
  }
  return joined.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
}

function braced(words: readonly string[]): string {
  return words.length === 1 ? String(words[0]) : `{ ${words.join(', ')} }`;
}

function verdictOf(verdict: FirewallRule['verdict'], isTcp: boolean): string {
  if (verdict === 'allow') return 'accept';
  if (verdict === 'drop') return 'drop';
  return isTcp ? 'reject with tcp reset' : 'reject';
}
