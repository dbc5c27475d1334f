import type { GuardArea } from './guard-area.js';

const PATHS = ['/etc/sudoers', '/etc/sudoers.d', '/etc/sudo.conf', '/etc/doas.conf', '/etc/doas.d'];

/** Programs that make root of an account, by a bit of their mode that goes with another owner, and what they load. */
const ALSO = /^path:(?:\/usr(?:\/local)?)?\/bin\/(?:sudo|doas|su)$|^path:\/usr\/lib(?:exec)?\/sudo(?:\/.*)?$/;

/** How an account becomes root. */
export const sudoArea: GuardArea = {
  name: 'sudo',
  what: 'sudo',
  timerSeconds: 60,
  alsoCovers: (thing) => ALSO.test(thing),
  paths: () => PATHS,
  units: [],
  // A file made by hand is 0644: sudo(8) takes it, and visudo(8) does not. What others may write is not overlooked.
  trial:
    () => `find /etc/sudoers /etc/sudoers.d -type f ! -perm -020 ! -perm -002 -exec chmod 0440 {} + 2>/dev/null
! command -v visudo >/dev/null 2>&1 || visudo -c`,
};
