import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.js';

const CHECK_ALL = fileURLToPath(new URL('../script/check-all.sh', import.meta.url));

/** The hand-written script over OpenSSH for so many items, with the settings of its client in the file `sshConfig`. */
export function scriptContender(sshConfig: string, items: 'forty' | 'hundred' = 'forty'): Contender {
  return {
    name: 'script',
    check: (hosts) => ({ argv: ['sh', CHECK_ALL, sshConfig, items, ...hosts] }),
    isInSync: (code, output) => code === 0 && output === '',
    tells: (output, host, subject) =>
      output.split('\n').some((line) => `${line} `.startsWith(`${host}: ${subject} `)),
  };
}
