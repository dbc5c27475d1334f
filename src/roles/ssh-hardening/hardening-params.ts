import * as z from 'zod';
import { HomelabError } from '../../core/errors.js';
import { sshdLines } from '../../render/sshd-config.js';
import { networkSchema } from '../shared/network-schema.js';

const patternSchema = z
  .string()
  .regex(/^[^\s"'\\#]+$/, 'must be a name or a pattern, without blanks and quotes');

const wordSchema = z.union([z.string(), z.int()]);

/** Settings on top; null: the role does not speak of that keyword. */
const extraSchema = z
  .record(z.string(), z.union([wordSchema, z.boolean(), z.array(wordSchema), z.null()]))
  .superRefine((settings, context) => {
    for (const [name, value] of Object.entries(settings)) {
      // It adds up: a port from here would stay open beside the one that the role moves.
      if (name.toLowerCase() === 'port')
        context.addIssue({ code: 'custom', path: [name], message: 'is told by `port` of the role' });
      try {
        sshdLines(name, value ?? 'none');
      } catch (thrown) {
        if (!(thrown instanceof HomelabError)) throw thrown;
        const hint = thrown.code === 'render/unknown-keyword' ? `. ${thrown.hint}` : '';
        context.addIssue({ code: 'custom', path: [name], message: `${thrown.message}${hint}` });
      }
    }
  });

export const hardeningParams = z.strictObject({
  allow_users: z
    .array(patternSchema)
    .min(1)
    .optional()
    .describe('who may log in, e.g. [admin, backup@10.0.0.*]'),
  allow_groups: z
    .array(patternSchema)
    .min(1)
    .optional()
    .describe('groups whose members may log in; with `allow_users` both have to be met'),
  permit_root_login: z
    .enum(['no', 'prohibit-password'])
    .default('prohibit-password')
    .describe('whether root may log in by a key'),
  password_authentication: z.boolean().default(false).describe('whether a password lets in'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      "where sshd listens; default: the first of the host's ports. Its other ports are closed after that",
    ),
  forwarding: z
    .enum(['jumps', 'local', 'all'])
    .default('jumps')
    .describe(
      'jumps: nothing but what homelab needs of a jump host; local: from clients to anywhere; all: both ways',
    ),
  max_sessions: z.int().min(2).max(1000).default(10).describe('sessions in one connection'),
  trusted_networks: z
    .array(networkSchema)
    .default([])
    .describe('whose failures are not held against them (PerSourcePenalties, OpenSSH 9.8 and later)'),
  client: z.boolean().default(true).describe('whether `ssh` on the host gets defaults of the same strength'),
  extra: extraSchema.default({}).describe('settings on top of the profile; null leaves one out of it'),
});

export type HardeningParams = z.output<typeof hardeningParams>;
