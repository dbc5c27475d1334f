import type { RoleItem } from '../../core/role.js';
import { jsonConfig } from '../../render/json-config.js';
import { bracketed } from '../shared/cluster-members.js';
import { pemFiles } from '../shared/pem-files.js';
import { isClient, nomadConfig, secretConfig, TLS_FOLDER, type NomadPlace } from './nomad-config.js';
import type { NomadParams } from './nomad-params.js';

const CONFIG = '/etc/nomad.d/homelab.json';
const SECRETS = '/etc/nomad.d/homelab-secrets.json';
/** What the package brings: it makes every host a server and a client of a cluster of one. */
const BROUGHT = '/etc/nomad.d/nomad.hcl';

/** As the package has them: its postinst gives the folder away again with each upgrade. */
const ACCESS = { mode: '0640', owner: 'nomad', group: 'nomad' };

/** Where the agent is asked on its own host. */
export function nomadApi({ http_address: address, tls }: NomadParams): string {
  const local: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const host = bracketed(local[address] ?? address);
  return `${tls?.http === true ? 'https' : 'http'}://${host}:4646`;
}

function configFile(wanted: NomadParams, place: NomadPlace) {
  const { isServer } = place.membership;
  const contentOf = (isOld: boolean) => jsonConfig(nomadConfig(wanted, place, isOld));
  const file = { path: CONFIG, ...ACCESS };
  if (isClient(wanted, place.membership) && wanted.node_pool !== undefined) {
    const refuse = 'the setting `node_pool` needs Nomad 1.6';
    return { ...file, variants: [{ since: '1.6', content: contentOf(false) }, { refuse }] };
  }
  return isServer
    ? { ...file, variants: [{ since: '1.3', content: contentOf(false) }, { content: contentOf(true) }] }
    : { ...file, content: contentOf(false) };
}

function secretsFile(wanted: NomadParams, { membership }: NomadPlace) {
  const secrets = secretConfig(wanted, membership);
  return secrets === undefined
    ? { path: SECRETS, state: 'absent' }
    : { path: SECRETS, content: jsonConfig(secrets), ...ACCESS };
}

/** Without its folder a volume keeps the whole agent from starting. */
function volumeItems(wanted: NomadParams, { membership }: NomadPlace): RoleItem[] {
  if (!isClient(wanted, membership)) return [];
  return Object.entries(wanted.host_volumes).map(([name, { path }]) => ({
    name: `folder of the volume ${name}`,
    kind: 'directory',
    params: { path },
  }));
}

/** Where the program has no such command yet, only the start is a check. */
const VALIDATE =
  'if nomad config validate -h >/dev/null 2>&1; then exec nomad config validate /etc/nomad.d; fi';

/** The items of the agent's configuration, and of what it needs to start. */
export function configItems(wanted: NomadParams, place: NomadPlace): RoleItem[] {
  const config = configFile(wanted, place);
  const pems = pemFiles(wanted.tls, TLS_FOLDER, ACCESS);
  const hasPems = pems.some((file) => 'content' in file);
  const folder = { path: TLS_FOLDER, ...ACCESS, mode: '0750' };
  const brought = { path: BROUGHT, content: '# Kept by homelab: see homelab.json.\n', ...ACCESS };
  const url = `${nomadApi(wanted)}/v1/agent/health`;
  const insecure = wanted.tls?.http === true ? { insecure: true } : {};
  return [
    ...volumeItems(wanted, place),
    ...(hasPems ? [{ name: 'folder of the certificates', kind: 'directory', params: folder }] : []),
    {
      name: 'configuration',
      kind: 'service_config',
      params: {
        service: 'nomad',
        files: [config, secretsFile(wanted, place), brought, ...pems],
        // The first start with a gossip key makes it, and later ones go on with it whatever the configuration says.
        ...(wanted.gossip_key === undefined ? {} : { made: ['/opt/nomad/data/server/serf.keyring'] }),
        ...('variants' in config ? { version: ['nomad', 'version'] } : {}),
        validate: ['sh', '-c', VALIDATE],
        // While the cluster is being made there is no leader yet; the agent answers all the same.
        checks: [{ http: { url, status: [200, 500], ...insecure } }],
        keeps: [{ http: { url, ...insecure } }],
        timeout: 60,
      },
    },
  ];
}
