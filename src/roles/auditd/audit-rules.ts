/** What the kernel is to note down, besides what everybody gets. */
export interface AuditOptions {
  /** As facts name it. */
  readonly arch: string;
  /** Where there is none, what is watched of it has no folder, and no rule would be loaded after that. */
  readonly hasSshd: boolean;
  readonly watch: readonly { readonly path: string; readonly key: string }[];
}

/** What is written or gets other rights, by the word that it is looked for with (`ausearch -k`). */
const WATCHED: readonly (readonly [key: string, paths: readonly string[]])[] = [
  [
    'identity',
    [
      '/etc/passwd',
      '/etc/shadow',
      '/etc/group',
      '/etc/gshadow',
      '/etc/security/opasswd',
      '/etc/subuid',
      '/etc/subgid',
    ],
  ],
  ['sudoers', ['/etc/sudoers', '/etc/sudoers.d']],
  ['sshd', ['/etc/ssh/sshd_config', '/etc/ssh/sshd_config.d']],
  ['time', ['/etc/localtime']],
  ['modules', ['/etc/modprobe.d', '/etc/modules', '/etc/modules-load.d']],
  ['audit', ['/etc/audit']],
];

/** Calls of people; services that keep the clock or load modules all day are left out by their missing login. */
const CALLS: readonly (readonly [key: string, calls: string, who: string])[] = [
  ['time', 'adjtimex,settimeofday,clock_settime', '-F auid!=unset'],
  ['modules', 'init_module,finit_module,delete_module', '-F auid!=unset'],
  ['privileged', 'execve', '-C uid!=euid -F euid=0 -F auid!=unset'],
];

/** Ways into the kernel; programs of 32 bits have another one on amd64. */
function ways(arch: string): readonly string[] {
  if (arch === 'amd64') return ['b64', 'b32'];
  return ['armhf', 'i386'].includes(arch) ? ['b32'] : ['b64'];
}

/** The rules, audit.rules(7). */
export function auditRules({ arch, hasSshd, watch }: AuditOptions): string {
  const watched = WATCHED.filter(([key]) => hasSshd || key !== 'sshd').flatMap(([key, paths]) =>
    paths.map((path) => ({ path, key })),
  );
  const lines = [
    ...[...watched, ...watch].map(({ path, key }) => `-w ${path} -p wa -k ${key}`),
    ...CALLS.flatMap(([key, calls, who]) =>
      ways(arch).map((way) => `-a always,exit -F arch=${way} -S ${calls} ${who} -k ${key}`),
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
