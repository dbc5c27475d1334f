import { dirname } from 'node:path';
import { defineRole, type RoleContext, type RoleItem, type RolePort } from '../../core/role.js';
import { isLoopback, isWildcard } from '../shared/dns-schema.js';
import { withoutStubListener } from '../shared/stub-listener.js';
import { nixosModule } from '../shared/nixos-module.js';
import { applyCommand } from './apply-script.js';
import { AUTHORITIES, nixosOptions } from './nixos-options.js';
import { ownServer, probeName, unboundConfig } from './unbound-config.js';
import { unboundParams, type UnboundParams } from './unbound-params.js';
import { unboundSystem, type UnboundSystem } from './unbound-systems.js';

const MAIN = '/etc/unbound/unbound.conf';

/** Without the key of the root nothing can be checked, and nothing starts. A fresh package may have none. */
function rootKeyItems({ rootKey }: UnboundSystem): RoleItem[] {
  if (rootKey === undefined) return [];
  const { path, from } = rootKey;
  return [
    {
      name: 'key of the root',
      kind: 'command',
      params: {
        argv: ['install', '-o', 'unbound', '-g', 'unbound', '-m', '0644', from, path],
        only_if: `test -d ${dirname(path)} && ! test -e ${path}`,
      },
    },
  ];
}

function includeItems({ folder, isIncludeMissing }: UnboundSystem): RoleItem[] {
  if (!isIncludeMissing) return [];
  const files = `${folder}/*.conf`;
  const pattern = files.replaceAll(/[.*]/g, String.raw`\$&`);
  return [
    { name: 'folder for settings', kind: 'directory', params: { path: folder, mode: '0755' } },
    {
      name: 'settings are read',
      kind: 'line',
      params: {
        path: MAIN,
        line: `include-toplevel: "${files}"`,
        match: String.raw`^\s*include(?:-toplevel)?:\s*"?${pattern}"?\s*$`,
      },
    },
  ];
}

/** A name as this unbound finds it. */
function found(name: string, wanted: UnboundParams, type?: string) {
  const server = ownServer(wanted);
  return { dns: { name, server, port: wanted.port, ...(type === undefined ? {} : { type }) } };
}

function configItem(wanted: UnboundParams, system: UnboundSystem, context: RoleContext): RoleItem {
  const kept = [...wanted.probe_names, ...(wanted.consul === undefined ? [] : ['consul.service.consul'])];
  return {
    name: 'settings',
    kind: 'service_config',
    params: {
      service: 'unbound',
      files: [
        {
          path: `${system.folder}/homelab.conf`,
          content: unboundConfig(wanted, system, context),
          mode: '0644',
        },
      ],
      validate: ['unbound-checkconf'],
      apply: applyCommand(kept, context.facts),
      checks: [found(probeName(wanted), wanted, 'TXT')],
      keeps: kept.map((name) => found(name, wanted)),
    },
  };
}

function items(wanted: UnboundParams, context: RoleContext): RoleItem[] {
  const { facts } = context;
  if (facts.os.family === 'nixos') {
    const text = unboundConfig(wanted, { authorities: { path: AUTHORITIES } }, context);
    return [nixosModule('unbound', nixosOptions(text, ports(wanted)))];
  }
  const system = unboundSystem(facts);
  if (system === undefined) return [];
  const { packages, authorities } = system;
  return [
    {
      name: 'package',
      kind: 'package',
      params: { names: [...packages, ...(wanted.tls ? [authorities.package] : [])] },
    },
    ...rootKeyItems(system),
    ...includeItems(system),
    ...(wanted.port === 53 && wanted.listen.some(isWildcard) ? withoutStubListener(facts) : []),
    configItem(wanted, system, context),
    { name: 'service', kind: 'service', params: { name: 'unbound', state: 'running', enabled: true } },
  ];
}

function ports({ listen, port, access_control: access }: UnboundParams): RolePort[] {
  const isOwn = listen.every(isLoopback);
  const allowed = access.filter(({ action }) => action.startsWith('allow')).map(({ network }) => network);
  const addresses = listen.map((one) => (isWildcard(one) ? '*' : one));
  return (['udp', 'tcp'] as const).map((protocol) => ({
    protocol,
    port,
    from: isOwn ? [] : allowed,
    what: 'DNS',
    listener: { program: 'unbound', addresses },
  }));
}

/** A resolver that asks the internet itself, or others. */
export default defineRole<UnboundParams>({
  summary: 'unbound finds names, from the root on or by other servers, checks signatures, and knows Consul',
  params: unboundParams,
  examples: [
    {},
    { listen: ['127.0.0.1', '::1'], port: 5335, consul: true },
    {
      access_control: ['192.168.1.0/24', { network: '192.168.1.128/25', action: 'refuse' }],
      upstreams: [
        { address: '9.9.9.9', name: 'dns.quad9.net' },
        { address: '1.1.1.1', name: 'cloudflare-dns.com' },
      ],
      tls: true,
      domain: 'home.arpa',
      inventory_records: true,
      records: { printer: '192.168.1.30' },
    },
    {
      upstreams: ['192.168.1.1'],
      dnssec: false,
      zones: [{ zone: 'fritz.box', servers: ['192.168.1.1'] }],
      private_domains: ['plex.direct'],
      extra: ['cache-min-ttl: 60'],
    },
  ],
  refuses: (facts) => {
    if (facts.os.family === 'nixos') return undefined;
    return unboundSystem(facts) === undefined ? `how ${facts.os.name} keeps unbound is not known` : undefined;
  },
  items: (wanted, context) => ({ items: items(wanted, context) }),
  ports,
  services: (wanted) => [
    {
      name: 'unbound',
      unit: 'unbound',
      packages: ['unbound'],
      version: ['unbound', '-V'],
      ready: [
        { kind: 'dns', name: probeName(wanted), type: 'TXT', server: ownServer(wanted), port: wanted.port },
      ],
      drain: { adapter: 'none' },
    },
  ],
});
