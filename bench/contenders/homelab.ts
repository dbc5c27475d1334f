import type { Contender } from './contender.js';

/** `homelab plan`, or another command that only looks: a whole process with all of its start-up. */
export function homelabContender(
  homelab: readonly string[],
  project: string,
  command: 'plan' | 'drift' = 'plan',
): Contender {
  return {
    name: 'homelab',
    check: (hosts) => ({ argv: [...homelab, command, ...hosts], cwd: project }),
    isInSync: (code) => code === 0,
    tells: (output, host, subject) => {
      const lines = output.split('\n');
      const first = lines.findIndex((line) => line.startsWith(`${host}  `));
      const rest = lines.slice(first + 1);
      const end = rest.findIndex((line) => /^\S/.test(line));
      return (
        first >= 0 && rest.slice(0, end).some((line) => /^ +[~+-] /.test(line) && line.includes(subject))
      );
    },
  };
}
