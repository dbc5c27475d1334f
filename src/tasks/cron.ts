import * as z from 'zod';
import { Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { readUser } from '../probes/accounts.js';
import { crontabs, type Crontab } from '../probes/crontabs.js';
import { scheduleSchema } from './shared/cron-schedule.js';
import { editCrontab, findEntry, quotedVariable } from './shared/crontab-edit.js';
import { foundText } from './shared/edited-file.js';
import { bodyLike, hiddenLike, lineSchema, plainText } from './shared/hidden-text.js';
import { accountNameSchema } from './shared/schemas.js';

const variableSchema = z
  .union([z.string(), z.number(), z.boolean(), z.instanceof(Secret)])
  .transform((value) => (value instanceof Secret ? value : String(value)))
  .refine((value) => !/[\n\r\0]/.test(plainText(value)), 'must be one line')
  .refine(
    (value) => quotedVariable(plainText(value)) !== undefined,
    'begins with a quote or a space and holds both quotes: crontab(5) cannot write that',
  );

const params = z
  .strictObject({
    name: z
      .string()
      .regex(/^\S(?:.*\S)?$/u, 'must be one line, not empty, without spaces around it')
      .refine((name) => !/[\p{Cc}\u2028\u2029\uFFFD]/u.test(name), 'must not hold control characters')
      .describe('what tells the entry from others of the crontab; stands in a comment above it'),
    user: accountNameSchema.default('root').describe('whose crontab, and who the command runs as'),
    schedule: scheduleSchema
      .optional()
      .describe('minute, hour, day of the month, month and day of the week, or @daily and the like'),
    command: lineSchema
      .refine((command) => plainText(command).trim() === plainText(command), 'must not have spaces around it')
      .optional()
      .describe(
        'one line for sh, as it is to stand in the crontab: there a `%` means a new line, and `\\%` a percent sign',
      ),
    env: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'), variableSchema)
      .default({})
      .describe('variables, MAILTO and PATH included; cron keeps them for all entries that stand below'),
    state: z.enum(['present', 'absent']).default('present').describe('absent removes the entry'),
  })
  .superRefine(({ schedule, command, env, state }, context) => {
    const given = { schedule, command, env: Object.keys(env).length > 0 ? env : undefined };
    for (const [field, value] of Object.entries(given)) {
      const complain = (message: string): void =>
        context.addIssue({ code: 'custom', path: [field], message });
      if (state === 'present' && field !== 'env' && value === undefined) complain('is missing');
      if (state === 'absent' && value !== undefined)
        complain('makes no sense for an entry that is to be absent');
    }
  });

/** What brings crontab(1). */
const CRON = ['program:crontab', 'package:cron', 'package:cronie'];

type CronParams = z.output<typeof params>;

async function probe(host: ReadableHost, wanted: CronParams): Promise<MaybeState | Unknown> {
  const [user, crontab] = await Promise.all([readUser(host, wanted.user), host.read(crontabs, wanted.user)]);
  const missing = user === null ? missingUser(wanted.user) : withoutProgram(crontab);
  if (missing !== undefined) return wanted.state === 'absent' ? null : missing;
  const content = Content.of(bytesOf(wanted.user, crontab));
  if (content.text === undefined) throw unreadable(wanted.user, 'it is not UTF-8 text');
  const found = findEntry(content.text, wanted.name);
  if (found === undefined && wanted.state === 'absent') return null;
  const isRepeated = found !== undefined && found.count > 1;
  // Never null where an entry is to come: the text that it comes into is needed.
  return {
    schedule: found?.entry?.schedule ?? null,
    command: hiddenLike(wanted.command, found?.entry?.command ?? null),
    ...Object.fromEntries(
      Object.entries(found?.env ?? {}).map(([name, value]) => [
        `env.${name}`,
        hiddenLike(wanted.env[name], value),
      ]),
    ),
    repeated: isRepeated ? found.count : null,
    content,
  };
}

function missingUser(name: string): Unknown {
  return new Unknown(`user ${name} does not exist`, [`user:${name}`]);
}

function withoutProgram(crontab: Crontab): Unknown | undefined {
  return crontab.is === 'no-program'
    ? new Unknown('there is no `crontab` on the host, so cron is not installed', CRON)
    : undefined;
}

function bytesOf(user: string, crontab: Crontab): Uint8Array {
  if (crontab.is === 'unreadable') throw unreadable(user, crontab.message);
  return crontab.is === 'text' ? crontab.bytes : new Uint8Array();
}

function unreadable(user: string, why: string): HomelabError {
  return new HomelabError({
    code: 'task/crontab-unreadable',
    message: `the crontab of ${user} cannot be read: ${why === '' ? '`crontab -l` said nothing' : why}`,
    hint: 'Look at `crontab -l` on the host. Only root may ask for the crontabs of others: set `become: sudo`.',
  });
}

function desired({ schedule, command, env, state }: CronParams): State | null {
  if (state === 'absent') return null;
  return {
    schedule: schedule ?? null,
    command: command ?? null,
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [`env.${name}`, value])),
    'env.*': null,
    repeated: null,
  };
}

/** crontab(1) writes beside the old crontab and renames. Only root may use `-u`, even for its own name. */
const AS_USER = (words: string): string =>
  `if [ "$(id -un)" = "$1" ]; then exec crontab ${words}; else exec crontab -u "$1" ${words}; fi`;

function steps({ params: wanted, before }: StepContext<CronParams>): Step[] {
  const { name, user, schedule = '', command = '', env, state } = wanted;
  const plain = Object.entries(env).map(([variable, value]) => [variable, plainText(value)] as const);
  const entry = { schedule, command: plainText(command), env: Object.fromEntries(plain) };
  const text = editCrontab(foundText(before), name, state === 'absent' ? undefined : entry);
  if (text.trim() === '') return [runStep(['sh', '-c', AS_USER('-r'), 'sh', user])];
  const body = bodyLike([command, ...Object.values(env)], text);
  return [runStep(['sh', '-c', AS_USER('-'), 'sh', user], { stdin: body })];
}

/** One entry of a user's crontab. */
export default defineTask<CronParams>({
  summary: 'A crontab has a certain entry, or has it not',
  params,
  examples: [
    { name: 'nightly backup', schedule: '30 3 * * *', command: '/usr/local/bin/backup --all' },
    {
      name: 'mirror',
      user: 'www-data',
      schedule: '*/10 8-18 * * mon-fri',
      command: 'cd /srv/mirror && ./update >/dev/null',
      env: { MAILTO: 'admin@example.org' },
    },
    { name: 'old job', state: 'absent' },
  ],
  desired,
  probe,
  touches: ({ user }) => [`account:${user}`, `crontab:${user}`],
  foresight: () => ({ makes: [] }),
  steps,
});
