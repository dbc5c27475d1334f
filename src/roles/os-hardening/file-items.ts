import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';
import type { HardeningParams } from './hardening-params.js';

const ROOT = { owner: 'root', group: 'root' };
const CRON_FOLDERS = ['d', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'].map(
  (name) => `/etc/cron.${name}`,
);

function rights(name: string, paths: readonly string[], rest: object): RoleItem {
  return { name, kind: 'permissions', params: { paths, ...rest } };
}

/** Who owns what decides over accounts and jobs, and the most that others may do with it. */
export function fileItems({ os }: Facts): RoleItem[] {
  const secrets = {
    owner: 'root',
    group: os.family === 'redhat' || os.family === 'arch' ? 'root' : 'shadow',
  };
  return [
    rights('account files', ['/etc/passwd', '/etc/passwd-', '/etc/group', '/etc/group-'], {
      at_most: '0644',
      ...ROOT,
    }),
    rights('files with hashes', ['/etc/shadow', '/etc/shadow-', '/etc/gshadow', '/etc/gshadow-'], {
      at_most: '0640',
      ...secrets,
    }),
    rights('old passwords', ['/etc/security/opasswd'], { at_most: '0600', ...ROOT }),
    rights('settings of accounts', ['/etc/login.defs'], { at_most: '0644', ...ROOT }),
    rights('jobs', ['/etc/crontab', '/etc/anacrontab'], { at_most: '0600', ...ROOT }),
    rights('folders of jobs', CRON_FOLDERS, { at_most: '0700', ...ROOT }),
    rights('folder of logs', ['/var/log'], { at_most: '0775', owner: 'root' }),
    ...['/etc/hosts.equiv', '/root/.rhosts'].map((path) => ({
      name: `nobody is trusted by ${path}`,
      kind: 'file',
      params: { path, state: 'absent' },
    })),
  ];
}

/** Folders that every account may write to, and those that nothing is started from. */
const MOUNTS = ['/tmp', '/var/tmp', '/dev/shm', '/run/shm', '/boot', '/var/log', '/var/log/audit'];

/** Devices are what is there. */
const DEVICES = '/dev';

/** What of them is mounted of its own holds no devices and gives no rights. */
export function mountItems({ noexec }: HardeningParams, { os }: Facts): RoleItem[] {
  const paths = [...new Set([...MOUNTS, ...noexec])].toSorted();
  const isTmpClosed = noexec.includes('/tmp') && os.family === 'debian';
  return [
    ...(isTmpClosed
      ? [
          {
            // apt-extracttemplates(1): the questions of packages are programs.
            name: 'apt asks its questions elsewhere',
            kind: 'file',
            params: {
              path: '/etc/apt/apt.conf.d/70homelab-tmp',
              content: 'APT::ExtractTemplates::TempDir "/var/cache/apt";\n',
              mode: '0644',
            },
          },
        ]
      : []),
    ...paths.map((path) => ({
      name: `mount of ${path}`,
      kind: 'mount_options',
      params: {
        path,
        options: [
          ...(path === DEVICES ? [] : ['nodev']),
          'nosuid',
          ...(noexec.includes(path) ? ['noexec'] : []),
        ],
      },
    })),
  ];
}

/** What is said before anybody has logged in, on the console and by what reads issue.net. */
export function bannerItems(banner: string): RoleItem[] {
  return ['/etc/issue', '/etc/issue.net'].map((path) => ({
    name: `text of ${path}`,
    kind: 'file',
    params: { path, content: `${banner.trimEnd()}\n`, mode: '0644', ...ROOT },
  }));
}
