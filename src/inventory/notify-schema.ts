import * as z from 'zod';
import { argvSchema } from '../core/argv-schema.js';
import { HomelabError, HomelabErrors } from '../core/errors.js';
import { NOTIFY_OUTCOMES, type NotifyTarget } from '../core/notification.js';
import { registerSecret } from '../core/redaction.js';
import { Sealed } from '../core/sealed.js';
import { Secret } from '../core/secret.js';
import { openValue } from '../secrets/open-document.js';
import type { SecretOpener } from '../secrets/secret-opener.js';

type Written = string | Sealed | Secret;

/** Text, or text that is encrypted: what is wrong with that shows once it is open. */
function confidential(isSound: (text: string) => boolean, message: string) {
  return z
    .union([z.string(), z.instanceof(Sealed), z.instanceof(Secret)])
    .refine((written: Written) => written instanceof Sealed || isSound(textOf(written)), message);
}

const urlSchema = confidential(
  (text) => /^https?:\/\/[^/\s]/i.test(text) && URL.canParse(text) && !/[\s\p{Cc}]/u.test(text),
  'has to begin with https:// or http:// and hold no blanks',
);
/** Of a header: what HTTP can hold, without blanks at its ends (RFC 9110, 5.5). */
const valueSchema = confidential(
  (text) => /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(text),
  'must be printable characters of ASCII on one line',
);
const headerNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header');

const on = z
  .array(z.enum(NOTIFY_OUTCOMES))
  .min(1)
  .optional()
  .describe(
    'of what: `failed`, `done` (it ended well), `changed` (and changed something); default: everything',
  );

const PRIORITIES = ['min', 'low', 'default', 'high', 'urgent'] as const;

const ntfySchema = z.strictObject({
  ntfy: urlSchema.describe('address of a topic of ntfy, e.g. https://ntfy.lan/house'),
  token: valueSchema.optional().describe('access token'),
  priority: z
    .union([z.int().min(1).max(5), z.enum(PRIORITIES)])
    .optional()
    .describe('1 to 5, or min, low, default, high, urgent; default: 4 for what failed, else 3'),
  on,
});
const webhookSchema = z.strictObject({
  webhook: urlSchema.describe('address that takes a POST of JSON: title, text, outcome, document'),
  headers: z.record(headerNameSchema, valueSchema).optional().describe('further headers'),
  on,
});
const commandSchema = z.strictObject({
  command: argvSchema.describe('argv of a program of this machine; it reads title and text'),
  on,
});

const targetSchema = z.union([ntfySchema, webhookSchema, commandSchema]);

/** What `notify` of `homelab.yml` may hold: one target, or several. */
export const notifySchema = z
  .union([targetSchema, z.array(targetSchema).min(1)])
  .describe('whom to tell how a run went: `ntfy`, `webhook` or `command`, with `on`');

/** As it is written: what is encrypted is not open yet. */
export type WrittenNotify = z.output<typeof notifySchema>;

/**
 * The targets of `notify`, their secrets open. Tokens and addresses are masked from now on wherever they are found.
 * @throws HomelabErrors as {@link openValue}; `project/settings` for an encrypted value that is no address or no header
 */
export async function openNotify(
  written: WrittenNotify | undefined,
  opener: SecretOpener,
): Promise<readonly NotifyTarget[]> {
  if (written === undefined) return [];
  const opened = notifySchema.safeParse(await openValue(written, opener));
  if (!opened.success) throw new HomelabErrors(opened.error.issues.map(problemOf));
  return [opened.data].flat().map(targetOf);
}

function targetOf(target: z.output<typeof targetSchema>): NotifyTarget {
  if ('ntfy' in target) {
    const priority =
      typeof target.priority === 'string' ? PRIORITIES.indexOf(target.priority) + 1 : target.priority;
    const token = target.token === undefined ? undefined : hidden(target.token);
    return { to: 'ntfy', url: hidden(target.ntfy), token, priority, on: target.on };
  }
  if ('command' in target) return { to: 'command', argv: target.command, on: target.on };
  const headers = Object.entries(target.headers ?? {});
  return {
    to: 'webhook',
    url: hidden(target.webhook),
    // What is written for all to read, a content type for example, is not searched for everywhere.
    headers: new Map(headers.map(([name, value]) => [name, new Secret(textOf(value))])),
    on: target.on,
  };
}

function hidden(written: Written): Secret {
  const secret = new Secret(textOf(written));
  registerSecret(secret);
  return secret;
}

function textOf(written: Written): string {
  if (typeof written === 'string') return written;
  return written instanceof Secret ? written.reveal() : '';
}

function problemOf({ path }: { readonly path: readonly PropertyKey[] }): HomelabError {
  return new HomelabError({
    code: 'project/settings',
    message: `\`${['notify', ...path].map(String).join('.')}\` of homelab.yml holds an encrypted value that does not fit there`,
    hint: 'An address has to begin with https:// or http://, a token or a header is one line of ASCII: `homelab secret edit homelab.yml`.',
  });
}
