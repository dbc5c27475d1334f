import * as z from 'zod';
import { Secret } from '../../core/secret.js';

const NAME = /^[a-z0-9][a-z0-9_-]*$/;

const envValueSchema = z
  .union([z.string(), z.number(), z.boolean(), z.instanceof(Secret)])
  .refine(
    (value) => !/[\p{Cc}\u2028\u2029]/u.test(value instanceof Secret ? value.reveal() : String(value)),
    'must be one line without control characters: a `.env` holds no other',
  );

const envSchema = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'),
  envValueSchema,
);

/** What the role takes. */
export const appParams = z.strictObject({
  name: z
    .string()
    .max(63)
    .regex(NAME, 'must hold lower-case letters, digits, dashes and underscores only')
    .describe('name of the application, and of its project'),
  folder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'folder of the project with its compose file and whatever that needs; files that end with .hbs are templates and lose that ending. Left out: `apps/NAME`',
    ),
  env: envSchema
    .default({})
    .describe('variables of the compose file: a `.env` for root alone, each value as it is'),
  vars: z
    .record(z.string(), z.unknown())
    .refine((vars) => !Object.hasOwn(vars, 'env'), 'has `env`, which is the parameter of that name')
    .default({})
    .describe('variables for its templates alone, beside `env`'),
  modes: z
    .record(z.string(), z.string().regex(/^0?[0-7]{3}$/, "must be octal digits in quotes, e.g. '0755'"))
    .default({})
    .describe(
      "access rights of single files by their path in the folder; left out: '0644', with a secret '0600'",
    ),
  path: z
    .string()
    .regex(/^(?:\/[^/\s\p{Cc}]+){2,}$/u, 'must be an absolute path below a folder, e.g. /srv/wiki')
    .optional()
    .describe('where it is on the host; left out: `/srv/NAME`. What else is there stays'),
  state: z
    .enum(['running', 'stopped', 'absent'])
    .default('running')
    .describe('absent removes its containers and its files; volumes, and what it wrote, stay'),
  pull: z
    .enum(['missing', 'always', 'never'])
    .default('missing')
    .describe('which images to fetch where something is to change: always fetches newer ones too'),
  jobs: z
    .array(z.string().regex(/^[A-Za-z0-9._-]+$/, 'must be the name of a service'))
    .default([])
    .describe('services that do their work and end: ended with exit code 0 is as good as running'),
  host_ports: z
    .array(
      z
        .string()
        .regex(/^(?:tcp|udp)\/[1-9]\d{0,4}$/, 'must be tcp/PORT or udp/PORT')
        .refine((text) => Number(text.slice(4)) <= 65_535, 'has a port that is too large'),
    )
    .default([])
    .describe(
      'what services with `network_mode: host` listen on, for the firewall; what Docker publishes goes past that anyway',
    ),
});

export type AppParams = z.output<typeof appParams>;
