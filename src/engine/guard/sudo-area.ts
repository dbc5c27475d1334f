import { coversPaths, type GuardArea } from './guard-area.js';

const PATHS = ['/etc/sudoers', '/etc/sudoers.d', '/etc/sudo.conf', '/etc/doas.conf', '/etc/doas.d'];

/** How an account becomes root. */
export const sudoArea: GuardArea = {
  name: 'sudo',
  what: 'sudo',
  timerSeconds: 60,
  covers: (thing) => coversPaths(thing, PATHS),
  paths: () => PATHS,
  units: [],
  trial: () => '! command -v visudo >/dev/null 2>&1 || visudo -c',
};
