import type { BenchLab } from './bench-lab.js';
import { GATE } from './machines.js';

const SETTINGS_FILE = '/etc/ssh/sshd_config.d/bench.conf';

/** Gives the jump host's sshd these settings (sshd_config(5)) besides Debian's own, and none of an earlier call. */
export async function configureGate(lab: BenchLab, settings: readonly string[]): Promise<void> {
  const text = settings.map((line) => `${line}\\n`).join('');
  // Not `reload`: that comes back before the new settings hold.
  await lab.shell(GATE.name, `printf '${text}' >${SETTINGS_FILE} && systemctl restart ssh`);
}
