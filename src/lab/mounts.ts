import { readFileSync } from 'node:fs';
import { HomelabError } from '../core/errors.js';
import { runProgram } from './run-program.js';

/** Mount points at or below `folder` out of the text of /proc/self/mountinfo, innermost first (proc_pid_mountinfo(5)). */
export function mountsBelow(mountInfo: string, folder: string): string[] {
  return mountInfo
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, octal: string) => decode(octal)),
    )
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .toReversed();
}

const decode = (octal: string): string => String.fromCharCode(Number.parseInt(octal, 8));

/** Unmounts all at or below `folder`. @throws HomelabError `lab/cannot-remove` where something stays mounted */
export async function unmountBelow(folder: string): Promise<void> {
  const list = () => mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), folder);
  for (const path of list()) {
    const { code } = await runProgram(['umount', path]);
    if (code !== 0) await runProgram(['umount', '--lazy', path]);
  }
  const [left] = list();
  if (left !== undefined)
    throw new HomelabError({
      code: 'lab/cannot-remove',
      message: `${left} is in use and cannot be unmounted`,
      hint: `Leave that folder in every terminal, then run \`homelab lab down\` again.`,
    });
}
