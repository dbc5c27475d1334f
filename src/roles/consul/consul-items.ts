import { HomelabError } from '../../core/errors.js';
import type { RoleItem, RoleOutlook } from '../../core/role.js';
import { jsonConfig } from '../../render/json-config.js';
import type { Membership } from '../shared/cluster-members.js';
import { DNS_LABEL } from '../shared/cluster-schemas.js';
import { pemFiles } from '../shared/pem-files.js';
import type { ConsulApi } from './consul-api.js';
import { consulConfig, epochsOf, gatesOf, secretConfig, secretGatesOf, TLS_FOLDER } from './consul-config.js';
import { consulPackage } from './consul-package.js';
import type { ConsulParams } from './consul-params.js';
import { hasScript, serviceConfig } from './service-config.js';
import { serviceId, type ServiceParams } from './service-schema.js';

const CONFIG = '/etc/consul.d/homelab.json';
const SECRETS = '/etc/consul.d/homelab-secrets.json';
/** Services that the agent reads again by itself, and those that stand and fall with a setting of the agent. */
const SERVICES = '/etc/consul.d/homelab-services.json';
const SCRIPTS = '/etc/consul.d/homelab-script-services.json';

/** @throws HomelabError `role/bad-node-name` where it could not be found in DNS; Consul itself only warns */
function nodeName({ node_name: name }: ConsulParams, { host }: RoleOutlook): string {
  const found = name ?? host.name;
  if (DNS_LABEL.test(found)) return found;
  throw new HomelabError({
    code: 'role/bad-node-name',
    message: `"${found}" is no label of DNS, so the node could not be found by its name`,
    hint: 'Give the host a `node_name` of letters, digits and dashes.',
  });
}

/** What the items are made of. */
export interface Whole {
  readonly wanted: ConsulParams;
  readonly context: RoleOutlook;
  readonly members: Membership;
  readonly api: ConsulApi;
}

function check({ base, isInsecure }: ConsulApi, path: string, status?: readonly number[]) {
  const more = { ...(status === undefined ? {} : { status }), ...(isInsecure ? { insecure: true } : {}) };
  return { http: { url: `${base}${path}`, ...more } };
}

/** Answered with 200 where there is a leader, whoever asks; with 500 otherwise. */
export const LED = '/v1/health/service/consul';

/** The first start with a gossip key makes them, and later ones go on with them whatever the configuration says. */
function keyrings(wanted: ConsulParams) {
  if (wanted.gossip_key === undefined) return {};
  const { dataDir } = consulPackage(wanted);
  return { made: ['local', 'remote'].map((name) => `${dataDir}/serf/${name}.keyring`) };
}

function configFile({ wanted, context, members }: Whole) {
  const { dataDir } = consulPackage(wanted);
  const place = { outlook: context, membership: members, nodeName: nodeName(wanted, context), dataDir };
  const contents = epochsOf(gatesOf(wanted, members.isServer)).map(({ since, features }) => ({
    since,
    content: jsonConfig(consulConfig(wanted, place, features)),
  }));
  return gatedFile(wanted, CONFIG, contents);
}

function secretsFile(wanted: ConsulParams) {
  const contents = epochsOf(secretGatesOf(wanted)).map(({ since, features }) => {
    const secrets = secretConfig(wanted, features);
    return { since, content: secrets && jsonConfig(secrets) };
  });
  return contents.some(({ content }) => content === undefined)
    ? { path: SECRETS, state: 'absent' }
    : gatedFile(wanted, SECRETS, contents);
}

/** A file of the agent, by version where there is more than one content. */
function gatedFile(
  wanted: ConsulParams,
  path: string,
  contents: readonly { readonly since: string | undefined; readonly content: unknown }[],
) {
  const access = { mode: '0640', owner: consulPackage(wanted).owner, group: 'consul' };
  const variants = contents.map(({ since, content }) => ({
    ...(since === undefined ? {} : { since }),
    content,
  }));
  return { path, ...access, ...(variants.length === 1 ? { content: variants[0]?.content } : { variants }) };
}

function servicesFile(wanted: ConsulParams, path: string, services: readonly ServiceParams[]) {
  if (services.length === 0) return { path, state: 'absent' };
  const { owner } = consulPackage(wanted);
  return { path, content: jsonConfig(serviceConfig(services)), mode: '0640', owner, group: 'consul' };
}

/** The items of the agent's own configuration. @throws HomelabError `role/bad-node-name` */
export function configItems(whole: Whole): RoleItem[] {
  const { wanted, api } = whole;
  const files = [configFile(whole), secretsFile(wanted)];
  const access = { mode: '0640', owner: consulPackage(wanted).owner, group: 'consul' };
  const pems = pemFiles(wanted.tls, TLS_FOLDER, access);
  const scripts = wanted.services.filter(hasScript);
  const hasPems = pems.some((file) => 'content' in file);
  const folder = { path: TLS_FOLDER, ...access, mode: '0750' };
  return [
    ...(hasPems ? [{ name: 'folder of the certificates', kind: 'directory', params: folder }] : []),
    {
      name: 'configuration',
      kind: 'service_config',
      params: {
        service: 'consul',
        files: [...files, servicesFile(wanted, SCRIPTS, scripts), ...pems],
        ...keyrings(wanted),
        ...(files.some((file) => 'variants' in file) ? { version: ['consul', 'version'] } : {}),
        validate: ['consul', 'validate', '/etc/consul.d'],
        // While the cluster is being made there is no leader yet; the agent answers all the same.
        checks: [check(api, '/v1/status/leader', [200, 500])],
        keeps: [check(api, LED)],
        timeout: 60,
      },
    },
  ];
}

/**
 * The item of the services that need nothing of the agent: they are read again without a restart, which would cost a server
 * its vote for some seconds.
 */
export function servicesItem({ wanted, api }: Whole): RoleItem {
  const services = wanted.services.filter((service) => !hasScript(service));
  const isOpen = wanted.acl?.enabled !== true;
  const known = isOpen ? services.map((one) => check(api, `/v1/agent/service/${serviceId(one)}`)) : [];
  return {
    name: 'services',
    kind: 'service_config',
    params: {
      service: 'consul',
      files: [servicesFile(wanted, SERVICES, services)],
      validate: ['consul', 'validate', '/etc/consul.d'],
      apply: 'reload',
      checks: known.length === 0 ? [check(api, '/v1/status/leader', [200, 500])] : known,
    },
  };
}
