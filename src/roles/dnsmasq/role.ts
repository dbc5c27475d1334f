import type { Check } from '../../core/check.js';
import { defineRole, type RoleContext, type RoleItem, type RolePort } from '../../core/role.js';
import { isLoopback } from '../shared/dns-schema.js';
import { dnsmasqConfig, ownServer, probeName } from './dnsmasq-config.js';
import { dnsmasqParams, type DnsmasqParams } from './dnsmasq-params.js';
import { nixosModule } from '../shared/nixos-module.js';
import { nixosOptions } from './nixos-options.js';
import { dnsmasqSystem, type DnsmasqSystem } from './dnsmasq-systems.js';

const MAIN = '/etc/dnsmasq.conf';
const RESTART = 'restart dnsmasq';

/** dnsmasq waits for an interface that is not there, and says nothing. */
function checkScript({ check }: DnsmasqSystem): string {
  return `for one in "$@"; do
  [ -e "/sys/class/net/$one" ] || { echo "there is no network interface $one" >&2; exit 1; }
done
${check.join(' && ')}`;
}

/** A name as this dnsmasq finds it. */
function found(name: string, wanted: DnsmasqParams, type?: string) {
  const server = ownServer(wanted);
  return { dns: { name, server, port: wanted.port, ...(type === undefined ? {} : { type }) } };
}

function configItem(wanted: DnsmasqParams, system: DnsmasqSystem, context: RoleContext): RoleItem {
  const kept = [...wanted.probe_names, ...(wanted.consul === undefined ? [] : ['consul.service.consul'])];
  return {
    name: 'settings',
    kind: 'service_config',
    params: {
      service: 'dnsmasq',
      files: [
        { path: `${system.folder}/homelab.conf`, content: dnsmasqConfig(wanted, context), mode: '0644' },
      ],
      validate: ['sh', '-c', checkScript(system), 'sh', ...(wanted.interfaces ?? [])],
      checks: [found(probeName(wanted), wanted, 'TXT')],
      keeps: kept.map((name) => found(name, wanted)),
    },
  };
}

function items(wanted: DnsmasqParams, context: RoleContext) {
  if (context.facts.os.family === 'nixos')
    return { items: [nixosModule('dnsmasq', nixosOptions(dnsmasqConfig(wanted, context), ports(wanted)))] };
  const system = dnsmasqSystem(context.facts);
  if (system === undefined) return { items: [] };
  const { contradictions: match } = system;
  const main: RoleItem = {
    name: 'nothing contradicts the settings',
    kind: 'line',
    params: { path: MAIN, match, state: 'absent' },
    onChange: [RESTART],
  };
  return {
    items: [
      { name: 'package', kind: 'package', params: { names: ['dnsmasq'] } },
      ...(match === undefined ? [] : [main]),
      configItem(wanted, system, context),
      { name: 'service', kind: 'service', params: { name: 'dnsmasq', state: 'running', enabled: true } },
    ],
    ...(match === undefined
      ? {}
      : {
          actions: {
            [RESTART]: { name: 'restart', kind: 'service', params: { name: 'dnsmasq', restart: true } },
          },
        }),
  };
}

function ports({ interfaces, listen, port, dhcp }: DnsmasqParams): RolePort[] {
  const isOpen = interfaces === undefined && listen === undefined;
  const isServing =
    isOpen ||
    [...(interfaces ?? []).filter((one) => one !== 'lo'), ...(listen ?? [])].some((one) => !isLoopback(one));
  // It is bound to each address of the host by itself, to those of the host's own always where interfaces are chosen.
  const own = interfaces === undefined ? [] : ['127.0.0.1', '::1'];
  const listener = { program: 'dnsmasq', addresses: isOpen ? ['*'] : [...own, ...(listen ?? [])] };
  const dns = (['udp', 'tcp'] as const).map((protocol): RolePort => ({
    protocol,
    port,
    ...(isServing ? {} : { from: [] }),
    what: 'DNS',
    listener,
  }));
  const has = (sign: string): boolean => dhcp?.ranges.some(({ from }) => from.includes(sign)) === true;
  return [
    ...dns,
    ...(has('.') ? [{ protocol: 'udp', port: 67, what: 'DHCP' } as const] : []),
    ...(has(':') ? [{ protocol: 'udp', port: 547, what: 'DHCPv6' } as const] : []),
  ];
}

/** Names and addresses of a home network. */
export default defineRole<DnsmasqParams>({
  summary:
    'dnsmasq answers names of the network, from the inventory too, asks others for the rest, and may give addresses',
  params: dnsmasqParams,
  examples: [
    {},
    { domain: 'home.arpa', upstreams: ['9.9.9.9', '1.1.1.1'], interfaces: ['eth0'], consul: true },
    {
      upstreams: [
        { address: '127.0.0.1', port: 5335 },
        { address: '192.168.1.1', zones: ['fritz.box'] },
      ],
      inventory_records: { groups: ['servers'] },
      records: { printer: '192.168.1.30', nas: ['192.168.1.10', 'fd00::10'] },
      cnames: { files: 'nas' },
      addresses: { 'apps.lan': '192.168.1.80' },
      blocked: ['ads.example'],
      rebind_ok: ['consul'],
    },
    {
      dhcp: {
        ranges: [{ from: '192.168.1.100', to: '192.168.1.199', netmask: '255.255.255.0', lease: '12h' }],
        hosts: [{ mac: 'aa:bb:cc:dd:ee:ff', name: 'pi0', address: '192.168.1.5' }],
        router: '192.168.1.1',
        dns: ['192.168.1.2', '192.168.1.3'],
        ntp: ['192.168.1.2'],
      },
    },
  ],
  refuses: (facts) => {
    if (facts.os.family === 'nixos') return undefined;
    return dnsmasqSystem(facts) === undefined ? `how ${facts.os.name} keeps dnsmasq is not known` : undefined;
  },
  items,
  ports,
  services: (wanted, { facts }) => {
    const ready: Check = {
      kind: 'dns',
      name: probeName(wanted),
      type: 'TXT',
      server: ownServer(wanted),
      port: wanted.port,
    };
    return [
      {
        name: 'dnsmasq',
        unit: 'dnsmasq',
        packages: dnsmasqSystem(facts)?.packages ?? [],
        version: ['dnsmasq', '--version'],
        ready: [ready],
        drain: { adapter: 'none' },
      },
    ];
  },
});
