import type { Every } from './every.js';

/** A check that is to run by itself. Paths are absolute. */
export interface CheckJob {
  /** Of its unit, or of its part of a crontab: `homelab-drift-PROJECT-1a2b3c4d`. */
  readonly name: string;
  readonly project: string;
  readonly every: Every;
  /** The program that runs homelab: node and its script. */
  readonly program: readonly string[];
  /** What is run after the project: `drift`, hosts, flags. */
  readonly words: readonly string[];
  /** All that the process gets of the environment. Holds no secret. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the project's runs and checks are kept. */
  readonly stateFolder: string;
  /** Further folders that the check writes to. */
  readonly outputFolders: readonly string[];
  /** Files of keys, SSH's and age's. */
  readonly keyFiles: readonly string[];
  /** Whether this machine itself is one of the hosts. */
  readonly isLocal: boolean;
}

/** The whole command line. */
export function argvOf({
  program,
  project,
  words,
}: Pick<CheckJob, 'program' | 'project' | 'words'>): string[] {
  const [first = 'drift', ...rest] = words;
  return [...program, first, '-C', project, '--plain', ...rest];
}
