import { credentialName } from '../../core/credential-path.js';
import { argvOf, type CheckJob } from './check-job.js';
import { markLine, writtenLine } from './schedule-mark.js';
import { unitText, unitWord, unitWords } from './unit-words.js';

export interface ServiceOptions {
  /** Whether the unit is of the machine's own service manager, and not of a user's. */
  readonly isSystem: boolean;
  /** What root keeps in the sandbox of the machine's own service manager, e.g. `CAP_DAC_OVERRIDE`. */
  readonly capabilities: readonly string[];
}

/** Folders that PrivateTmp= hides. */
const TEMPORARY = ['/tmp', '/var/tmp'];

/** The service that checks once (systemd.service(5)). A oneshot that runs is not started again: checks do not overlap. */
export function serviceUnit(job: CheckJob, options: ServiceOptions): string {
  const { project, every, words, env, keyFiles } = job;
  return [
    markLine({ project, every: every.written, words }),
    writtenLine(`${job.name}.service`, options.isSystem),
    '[Unit]',
    `Description=Drift check of ${unitText(project)}`,
    ...(options.isSystem ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=:${unitWords(argvOf(job))}`,
    '# Drift was found, and told: the check itself went well.',
    'SuccessExitStatus=2',
    'TimeoutStartSec=30min',
    'Nice=10',
    'StandardInput=null',
    ...Object.entries(env).map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`),
    // A user's service manager may read no more than the user.
    ...(options.isSystem ? keyFiles.map(credentialLine) : []),
    '',
    ...sandbox(job, options),
    '',
  ].join('\n');
}

/** systemd reads the file as root and shows it to the check alone, under a name that core/credential-path knows. */
function credentialLine(path: string): string {
  return `LoadCredential=${credentialName(path)}:${unitText(path)}`;
}

function sandbox(job: CheckJob, { isSystem, capabilities }: ServiceOptions): string[] {
  if (job.isLocal)
    return [
      '# No sandbox: this machine is one of the hosts, and what is read of it has to be what is there.',
    ];
  return [
    ...EVERYWHERE,
    ...(isSystem ? [...OF_THE_SYSTEM, ...folders(job), capabilityLine(capabilities)] : []),
  ];
}

/** What a user's service manager can do as well: no mounts, no capabilities (systemd.exec(5), SANDBOXING). */
const EVERYWHERE = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
  '# Not MemoryDenyWriteExecute=: Node compiles while it runs. Not ProtectProc=: whether a run still lives is seen in /proc.',
];

const OF_THE_SYSTEM = [
  'KeyringMode=private',
  'PrivateDevices=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHome=read-only',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectSystem=strict',
];

/** The whole system is read-only but for these. A project below /tmp has to be seen, so that /tmp stays the one it is. */
function folders({ project, program, stateFolder, outputFolders }: CheckJob): string[] {
  const written = [stateFolder, ...outputFolders];
  const isTemporary = [project, ...program, ...written].some((path) =>
    TEMPORARY.some((folder) => path === folder || path.startsWith(`${folder}/`)),
  );
  const all = [...new Set([...written, ...(isTemporary ? TEMPORARY : [])])];
  return [...(isTemporary ? [] : ['PrivateTmp=yes']), `ReadWritePaths=${unitWords(all)}`];
}

const capabilityLine = (capabilities: readonly string[]): string =>
  `CapabilityBoundingSet=${capabilities.join(' ')}`;
