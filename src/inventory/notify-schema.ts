import { isIP } from 'node:net';
import * as z from 'zod';
import { argvSchema } from '../core/argv-schema.js';
import { MAIL_TLS_MODES, NOTIFY_OUTCOMES } from '../core/notification.js';
import {
  certificatesSchema,
  headerNameSchema,
  headerValueSchema,
  lineSchema,
  mailAddressSchema,
  originSchema,
  roomSchema,
  urlSchema,
} from './notify-values.js';

/** Words of ntfy for its priorities, 1 first. */
export const NTFY_PRIORITIES = ['min', 'low', 'default', 'high', 'urgent'] as const;

/** What every sort of target has. */
const common = {
  on: z
    .array(z.enum(NOTIFY_OUTCOMES))
    .min(1)
    .optional()
    .describe(
      'of what. An upgrade: `failed`, `done` (it ended well), `changed` (and changed something). Drift checks: `drift`, `cleared`, `lost`, `back`, `digest`. Default: everything',
    ),
  digest: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'has to be a time of the day, e.g. 08:00')
    .optional()
    .describe(
      'time of the day, local, e.g. 08:00: the first drift check after it tells the state of all hosts, too; default: never',
    ),
};

const ntfySchema = z.strictObject({
  ntfy: urlSchema.describe('address of a topic of ntfy, e.g. https://ntfy.lan/house'),
  token: headerValueSchema.optional().describe('access token, of ntfy or Matrix'),
  priority: z
    .union([z.int().min(1).max(5), z.enum(NTFY_PRIORITIES)])
    .optional()
    .describe('1 to 5, or min, low, default, high, urgent; default: 4 for what failed or is lost, else 3'),
  ...common,
});
const webhookSchema = z.strictObject({
  webhook: urlSchema.describe(
    'address that takes a POST of JSON: id, title, text, outcome, outcomes, document',
  ),
  headers: z.record(headerNameSchema, headerValueSchema).optional().describe('further headers'),
  ...common,
});
const slackSchema = z.strictObject({
  slack: urlSchema.describe('address of an incoming webhook of Slack, or of Mattermost'),
  ...common,
});
const discordSchema = z.strictObject({
  discord: urlSchema.describe('address of a webhook of Discord'),
  ...common,
});
const matrixSchema = z.strictObject({
  matrix: originSchema.describe('address of the homeserver, e.g. https://matrix.lan'),
  room: roomSchema.describe('id of the room, which begins with !'),
  token: headerValueSchema.describe('access token of an account that is in the room'),
  ...common,
});
const emailSchema = z
  .strictObject({
    email: z
      .union([mailAddressSchema, z.array(mailAddressSchema).min(1).max(20)])
      .describe('address of mail, or several: each gets a mail of its own'),
    from: mailAddressSchema.describe('address that the mail is from'),
    host: z
      .string()
      .max(253)
      .refine(
        (host) => isIP(host) !== 0 || /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(host),
        'must be the name or the address of a machine',
      )
      .describe('server that takes the mail, by SMTP'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('its port; default: 587, 465 for `tls: implicit`, 25 for `tls: none`'),
    tls: z
      .enum(MAIL_TLS_MODES)
      .default('starttls')
      .describe('`starttls`, `implicit` (from the first byte) or `none`; the certificate has to be right'),
    user: lineSchema.optional().describe('name of the login; default: no login'),
    password: lineSchema.optional().describe('password of the login'),
    ca: certificatesSchema
      .optional()
      .describe("certificates (PEM) that may have signed the server's; default: those that node knows"),
    ...common,
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    error: 'a login has both `user` and `password`',
    path: ['user'],
  })
  .refine(({ user, tls }) => user === undefined || tls !== 'none', {
    error: 'a login without TLS could be read on its way: use starttls or implicit',
    path: ['tls'],
  });
const commandSchema = z.strictObject({
  command: argvSchema.describe('argv of a program of this machine; it reads title and text'),
  ...common,
});

const targetSchema = z
  .union([ntfySchema, webhookSchema, slackSchema, discordSchema, matrixSchema, emailSchema, commandSchema])
  .superRefine(({ on, digest }, context) => {
    const wantsDigest = on?.includes('digest');
    if (digest !== undefined && wantsDigest === false)
      context.addIssue({ code: 'custom', path: ['on'], message: 'lacks `digest`, and `digest` says when' });
    if (digest === undefined && wantsDigest === true)
      context.addIssue({ code: 'custom', path: ['on'], message: 'has `digest`; say when: digest: 08:00' });
  });

/** One target as it is written, checked. */
export type CheckedTarget = z.output<typeof targetSchema>;

/** What `notify` of `homelab.yml` may hold: one target, or several. */
export const notifySchema = z
  // The list first: what is wrong with one of it is said rather than that it is no mapping.
  .union([z.array(targetSchema).min(1), targetSchema])
  .describe(
    'whom to tell: `ntfy`, `webhook`, `slack`, `discord`, `matrix`, `email` or `command`, with `on` and `digest`',
  );

/** As it is written: what is encrypted is not open yet. */
export type WrittenNotify = z.output<typeof notifySchema>;
