import type { GuardArea } from './guard-area.js';

const PATHS = ['/etc/sudoers', '/etc/sudoers.d', '/etc/sudo.conf', '/etc/doas.conf', '/etc/doas.d'];

/** How an account becomes root. */
export const sudoArea: GuardArea = {
  name: 'sudo',
  what: 'sudo',
  timerSeconds: 60,
  paths: () => PATHS,
  units: [],
  // A file made by hand is 0644: sudo(8) takes it, and visudo(8) does not. What others may write is not overlooked.
  trial:
    () => `find /etc/sudoers /etc/sudoers.d -type f ! -perm -020 ! -perm -002 -exec chmod 0440 {} + 2>/dev/null
! command -v visudo >/dev/null 2>&1 || visudo -c`,
};
