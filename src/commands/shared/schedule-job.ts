import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import type { HostConfig } from '../../core/host-config.js';
import type { CheckEnvironment } from '../../drift/schedule/check-environment.js';
import type { CheckJob } from '../../drift/schedule/check-job.js';
import type { Every } from '../../drift/schedule/every.js';
import { scheduleName } from '../../drift/schedule/schedule-name.js';
import { identityFiles } from '../../secrets/identities.js';
import type { ConnectionFlagValues } from './connecting-command.js';
import type { PlaybookFlagValues } from './flags.js';
import type { OpenSettings, ProjectFlagValues } from './project-command.js';

/** The flags of a check that are kept for it. */
export interface CheckFlagValues extends ProjectFlagValues, PlaybookFlagValues, ConnectionFlagValues {
  readonly notify?: boolean;
  readonly prometheus?: string | undefined;
  readonly html?: string | undefined;
}

export interface JobRequest {
  readonly project: Pick<OpenSettings, 'dir' | 'settings'>;
  readonly flags: CheckFlagValues;
  readonly patterns: readonly string[];
  readonly every: Every;
  readonly environment: CheckEnvironment;
  readonly stateFolder: string;
  /** Of this installation: where `bin` is. */
  readonly root: string;
  /** What the check looks at. */
  readonly hosts: readonly HostConfig[];
  /** Files of SSH keys, absolute. */
  readonly sshKeys: readonly string[];
}

/** What is to run by itself. @throws HomelabError `usage/no-folder`, `schedule/path` */
export function checkJob(request: JobRequest): CheckJob {
  const { project, flags, patterns, every, environment, stateFolder, root, hosts, sshKeys } = request;
  const { env } = environment;
  const ageKeys = identityFiles({ env, files: project.settings.identity }).filter((path) => existsSync(path));
  const job = {
    name: scheduleName(project.dir),
    project: project.dir,
    every,
    program: [process.execPath, join(root, 'bin', 'run.js')],
    words: ['drift', ...flagWords(flags), ...patterns],
    env,
    stateFolder,
    outputFolders: [...new Set([flags.prometheus, flags.html].flatMap(folderOf))],
    keyFiles: [...new Set([...ageKeys, ...sshKeys])],
    isLocal: hosts.some(({ transport }) => transport === 'local'),
  };
  for (const path of [job.project, job.stateFolder, ...job.program, ...job.outputFolders, ...job.keyFiles])
    requirePlain(path);
  return job;
}

/** Files are named by where they are: the check runs elsewhere. A playbook is named as the project names it. */
function flagWords(flags: CheckFlagValues): string[] {
  const { inventory, playbook = [], set = [], tags, concurrency, prometheus, html, notify } = flags;
  const sshConfig = flags['ssh-config'];
  const config = sshConfig === undefined || sshConfig === 'none' ? sshConfig : resolve(sshConfig);
  const values: readonly (readonly [string, string | number | undefined])[] = [
    ['--inventory', inventory && resolve(inventory)],
    ...set.map((text) => ['--set', text] as const),
    ...playbook.map((file) => ['--playbook', file] as const),
    ['--tags', tags],
    ['--skip-tags', flags['skip-tags']],
    ['--ssh-config', config],
    ['--concurrency', concurrency],
    ['--prometheus', prometheus && resolve(prometheus)],
    ['--html', html && resolve(html)],
  ];
  const words = values.flatMap(([name, value]) => (value === undefined ? [] : [name, `${value}`]));
  return [...words, ...(notify === true ? ['--notify'] : [])];
}

function folderOf(file: string | undefined): string[] {
  if (file === undefined) return [];
  const folder = dirname(resolve(file));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return [folder];
  throw new HomelabError({
    code: 'usage/no-folder',
    message: `${file} cannot be written: there is no folder ${folder}`,
    hint: 'Make the folder first, or name another file.',
  });
}

function requirePlain(path: string): void {
  if (!/\p{Cc}/u.test(path) && path.trim() === path && !path.endsWith('\\')) return;
  throw new HomelabError({
    code: 'schedule/path',
    message: `${JSON.stringify(path)} cannot stand in a unit or a crontab`,
    hint: 'Give it a name without line breaks, and without blanks or a backslash at its end.',
  });
}
