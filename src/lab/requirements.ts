import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';
import { systemPath } from './run-program.js';

/** Programs the lab runs, and the Debian package that brings each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  bash: 'bash',
  flock: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  mount: 'mount',
};

/** The computer as far as the lab cares. */
export interface Computer {
  readonly platform: string;
  /** Undefined where the system has no such thing. */
  readonly userId: number | undefined;
  hasProgram(name: string): boolean;
}

const thisComputer = (): Computer => ({
  platform: process.platform,
  userId: process.getuid?.(),
  hasProgram: (name) =>
    systemPath()
      .split(':')
      .some((folder) => isExecutable(join(folder, name))),
});

/** What keeps a lab from running here: phrases for a person, empty where nothing does; and packages that would help. */
export function labRequirements(computer: Computer = thisComputer()): {
  missing: string[];
  packages: string[];
} {
  if (computer.platform !== 'linux') return { missing: ['Linux'], packages: [] };
  const programs = Object.keys(PROGRAMS).filter((name) => !computer.hasProgram(name));
  return {
    missing: [...(computer.userId === 0 ? [] : ['root privileges']), ...programs],
    packages: [...new Set(programs.map((name) => PROGRAMS[name] ?? name))],
  };
}

/** @throws HomelabError `lab/unavailable` naming all that is missing and how to get it */
export function requireLab(computer?: Computer): void {
  const { missing, packages } = labRequirements(computer);
  if (missing.length === 0) return;
  const install = packages.length > 0 ? [`Run \`apt install ${packages.join(' ')}\`.`] : [];
  const become = missing.includes('root privileges') ? ['Run it as root.'] : [];
  throw new HomelabError({
    code: 'lab/unavailable',
    message: `The lab cannot run here: missing ${missing.join(', ')}`,
    hint: [...install, ...become].join(' ') || 'The lab boots Linux containers and needs a Linux computer.',
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
