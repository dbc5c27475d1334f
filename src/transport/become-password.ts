import type { AskSecret } from './identity-file.js';
import { RunPassword } from './run-password.js';

/** Where the sudo password may come from without asking. */
export const BECOME_PASSWORD_VARIABLE = 'HOMELAB_BECOME_PASSWORD';

/** The sudo password of a whole run. */
export class BecomePassword extends RunPassword {
  constructor(env: Readonly<Record<string, string | undefined>>, askSecret: AskSecret) {
    super({ env, variable: BECOME_PASSWORD_VARIABLE, question: 'sudo password', askSecret });
  }
}
