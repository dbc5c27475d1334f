import { HomelabError } from '../../core/errors.js';
import { defineRole, type RoleContext, type RoleItem, type RolePort } from '../../core/role.js';
import { isOlder } from '../../core/is-older.js';
import { clientConfig } from './client-config.js';
import { hardeningParams, type HardeningParams } from './hardening-params.js';
import { nixosModule } from '../shared/nixos-module.js';
import { nixosOptions } from './nixos-options.js';
import { sshdProfile } from './profile.js';

/** The first OpenSSH whose sshd_config can include others. */
const OLDEST = '8.2';

const ED25519_KEY = '/etc/ssh/ssh_host_ed25519_key';

function items(params: HardeningParams, context: RoleContext): RoleItem[] {
  const { settings, match } = sshdProfile(params, context);
  if (context.facts.os.family === 'nixos') {
    const client = params.client ? clientConfig(context.facts.openssh_version, 'nixos') : undefined;
    const wanted = { settings, match, port: wantedPort(params, context), client };
    return [nixosModule('ssh-hardening', nixosOptions(wanted))];
  }
  const kex = settings['KexAlgorithms'];
  return [
    {
      name: 'ed25519 host key',
      kind: 'command',
      params: {
        argv: ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', ED25519_KEY],
        creates: ED25519_KEY,
      },
    },
    { name: 'settings of sshd', kind: 'sshd_config', params: { settings, match } },
    ...portItems(params, context),
    {
      name: 'the configuration of sshd is for root alone',
      kind: 'permissions',
      params: { paths: ['/etc/ssh/sshd_config'], at_most: '0600', owner: 'root', group: 'root' },
      guarded: false,
    },
    ...(String(kex).includes('group-exchange') ? [moduliItem()] : []),
    ...(params.client ? clientItems(context) : []),
  ];
}

function portItems(params: HardeningParams, context: Pick<RoleContext, 'host'>): RoleItem[] {
  const { host } = context;
  const port = wantedPort(params, context);
  const isMoving = host.ports.some((one) => one !== port);
  const open: RoleItem = { name: `sshd listens on port ${port}`, kind: 'sshd_port', params: { port } };
  if (!isMoving) return [open];
  return [
    open,
    { name: 'sshd listens on no other port', kind: 'sshd_port', params: { port, others: 'close' } },
  ];
}

/** @throws HomelabError `role/unknown-port` for a port that homelab would not try */
function wantedPort({ port }: HardeningParams, { host }: Pick<RoleContext, 'host'>): number {
  const [first = 22] = host.ports;
  if (port === undefined || host.ports.includes(port)) return port ?? first;
  throw new HomelabError({
    code: 'role/unknown-port',
    message: `sshd is to listen on port ${port}, and homelab reaches ${host.name} by ${host.ports.join(', ')}`,
    hint: `Give the host both in the inventory, the wanted one first: \`port: [${port}, ${host.ports.join(', ')}]\`.`,
  });
}

/** Groups of Diffie-Hellman that are too small, moduli(5): only where somebody wants to choose among them. */
function moduliItem(): RoleItem {
  const file = '/etc/ssh/moduli';
  return {
    name: 'no small groups of Diffie-Hellman',
    kind: 'command',
    params: {
      shell: `awk '$1 ~ /^#/ || $5 >= 3071' ${file} >${file}.homelab && mv -f ${file}.homelab ${file}`,
      unless: `awk '$1 !~ /^#/ && $5 < 3071 { found = 1 } END { exit found }' ${file}`,
    },
  };
}

/** They decide about logins from the host, not about logins to it: nothing to guard. */
function clientItems({ facts }: RoleContext): RoleItem[] {
  const folder = '/etc/ssh/ssh_config.d';
  return [
    { name: 'folder for defaults of ssh', kind: 'directory', params: { path: folder }, guarded: false },
    {
      name: 'defaults of ssh',
      kind: 'file',
      params: {
        path: `${folder}/00-homelab.conf`,
        content: clientConfig(facts.openssh_version, facts.os.family),
        mode: '0644',
      },
      guarded: false,
    },
  ];
}

/** All ports by which the host may be reached: while one moves, the firewall has to let both in. */
function ports(params: HardeningParams, context: Pick<RoleContext, 'host'>): RolePort[] {
  const wanted = wantedPort(params, context);
  const all = [...new Set([wanted, ...context.host.ports])];
  return all.map((port) => ({ protocol: 'tcp', port, what: 'ssh' }));
}

/** Logins by key alone, with algorithms that outside auditors find nothing wrong with. */
export default defineRole<HardeningParams>({
  summary: 'SSH lets in by keys alone, with strong algorithms, and opens only what is needed',
  params: hardeningParams,
  examples: [
    {},
    { allow_users: ['admin'], permit_root_login: 'no', trusted_networks: ['192.168.1.0/24'] },
    { forwarding: 'local', extra: { Banner: '/etc/issue.net', MaxAuthTries: 4 } },
  ],
  refuses: ({ openssh_version: version }) => {
    if (version === '') return 'it has no OpenSSH server';
    return isOlder(version, OLDEST) ? `its OpenSSH ${version} is older than ${OLDEST}` : undefined;
  },
  items: (params, context) => ({ items: items(params, context) }),
  ports,
});
