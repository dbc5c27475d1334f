import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import { registerSecret } from '../core/redaction.js';
import { Sealed } from '../core/sealed.js';
import { Secret } from '../core/secret.js';
import { openValue } from '../secrets/open-document.js';
import type { SecretOpener } from '../secrets/secret-opener.js';
import { textOf, urlSchema } from './notify-values.js';

/** The key `drift` of `homelab.yml`. */
export const driftSchema = z
  .strictObject({
    ping: urlSchema
      .optional()
      .describe(
        'address that is asked for after every drift check with --notify, whatever it found: who waits for it there notices when checks stay away',
      ),
  })
  .describe('drift checks');

/** As it is written: what is encrypted is not open yet. */
export type WrittenDrift = z.output<typeof driftSchema>;

/**
 * The address that is asked for after a drift check, open, and masked from now on wherever it is found; undefined: none.
 * @throws HomelabErrors as {@link openValue}; HomelabError `project/settings` for an encrypted value that is no address
 */
export async function openPing(
  written: WrittenDrift | undefined,
  opener: SecretOpener,
): Promise<Secret | undefined> {
  if (written?.ping === undefined) return undefined;
  const opened = urlSchema.safeParse(await openValue(written.ping, opener));
  if (!opened.success) {
    throw new HomelabError({
      code: 'project/settings',
      message: '`drift.ping` of homelab.yml holds an encrypted value that is no address',
      hint: 'An address has to begin with https:// or http://: `homelab secret edit homelab.yml`.',
      source: written.ping instanceof Sealed ? written.ping.source : undefined,
    });
  }
  const secret = new Secret(textOf(opened.data));
  registerSecret(secret);
  return secret;
}
