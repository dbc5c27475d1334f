import * as z from 'zod';
import type { MaybeState } from '../core/state.js';
import { Unknown } from '../core/state.js';
import { runStep } from '../core/step.js';
import { defineTask, type Foresight, type ReadableHost } from '../core/task.js';
import { conditionKey, conditions } from '../probes/conditions.js';
import { files } from '../probes/files.js';
import { permissionDenied } from './shared/file-entry.js';
import { requiredProgram } from './shared/requirements.js';
import { wordSchema } from '../core/argv-schema.js';
import { contentSchema, envSchema, pathSchema } from './shared/schemas.js';

const CONDITIONS = ['creates', 'removes', 'unless', 'only_if', 'always'] as const;

const params = z
  .strictObject({
    argv: z
      .array(wordSchema)
      .min(1)
      .refine((words) => words[0] !== '', 'begins with the name of a program')
      .optional()
      .describe('program and arguments, as they are: no shell reads them'),
    shell: wordSchema.min(1).optional().describe('text for `sh -c`'),
    creates: pathSchema.optional().describe('run where this path is missing; it has to be there afterwards'),
    removes: pathSchema.optional().describe('run where this path is there; it has to be gone afterwards'),
    unless: wordSchema
      .min(1)
      .optional()
      .describe('run where this shell text fails; it has to succeed afterwards'),
    only_if: wordSchema
      .min(1)
      .optional()
      .describe('run where this shell text succeeds; it has to fail afterwards'),
    always: z.literal(true).optional().describe('run every time: never in sync'),
    cwd: pathSchema.optional().describe('directory to run in, conditions included'),
    env: envSchema.optional().describe('environment, conditions included'),
    stdin: contentSchema.optional().describe('what it reads on standard input'),
    success_codes: z
      .array(z.int().min(0).max(255))
      .min(1)
      .default([0])
      .describe('exit codes that count as done'),
    sensitive: z.boolean().default(false).describe('never show the command or what it prints'),
  })
  .superRefine((command, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    if ((command.argv === undefined) === (command.shell === undefined))
      complain('needs exactly one of `argv` and `shell`');
    if (CONDITIONS.filter((name) => command[name] !== undefined).length !== 1)
      complain(
        'needs exactly one of `creates`, `removes`, `unless`, `only_if` and `always`: when is it to run?',
      );
  });

type CommandParams = z.output<typeof params>;

const NEEDED = { run: 'needed' };
const DONE = { run: 'done' };

async function probe(host: ReadableHost, command: CommandParams): Promise<MaybeState | Unknown> {
  const { cwd } = command;
  const [folder, { isNeeded, lacksProgram }] = await Promise.all([
    cwd === undefined ? null : host.read(files, cwd),
    isRunNeeded(host, command),
  ]);
  // A condition that was asked in a directory that is not there has said nothing.
  const isAsked = command.unless !== undefined || command.only_if !== undefined;
  if (cwd !== undefined && folder === null && (isNeeded || isAsked))
    return new Unknown(`the directory ${cwd} does not exist`, [`path:${cwd}`]);
  return { ...(isNeeded ? NEEDED : DONE), lacks_program: lacksProgram };
}

interface Need {
  readonly isNeeded: boolean;
  /** Its condition asked for a program that is not there. */
  readonly lacksProgram: boolean;
}

async function isRunNeeded(host: ReadableHost, command: CommandParams): Promise<Need> {
  const { creates, removes, unless, only_if: onlyIf, cwd, env } = command;
  const whatever = { lacksProgram: false };
  if (creates !== undefined) return { ...whatever, isNeeded: !(await doesExist(host, creates)) };
  if (removes !== undefined) return { ...whatever, isNeeded: await doesExist(host, removes) };
  const shell = unless ?? onlyIf;
  if (shell === undefined) return { ...whatever, isNeeded: true };
  const holds = await host.read(conditions, conditionKey({ shell, cwd, env }));
  return { isNeeded: (holds === true) === (onlyIf !== undefined), lacksProgram: holds === 'no program' };
}

async function doesExist(host: ReadableHost, path: string): Promise<boolean> {
  const entry = await host.read(files, path);
  if (entry?.type === 'hidden') throw permissionDenied(path);
  return entry !== null;
}

/** A condition that asked for a missing program says something else once that is there. */
function foresight(command: CommandParams, before: MaybeState): Foresight {
  const { argv: [program = ''] = [], creates, unless, only_if: onlyIf, env = {}, sensitive } = command;
  const asked = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*/.exec(unless ?? onlyIf ?? '')?.[0];
  // Of a sensitive one nothing is said, and what PATH says is its own matter.
  const isNamed = !sensitive && !('PATH' in env);
  return {
    makes: creates === undefined ? [] : [`path:${creates}`],
    requires: isNamed ? requiredProgram(program) : [],
    hingesOn:
      before?.['lacks_program'] === true
        ? {
            things: [...(asked === undefined ? [] : [`program:${asked}`]), 'packages:installed'],
            why: 'its condition asks for a program that is not there',
          }
        : undefined,
  };
}

/** A command, for what no other kind can do. */
export default defineTask<CommandParams>({
  summary: 'A command has done its work',
  params,
  examples: [
    { argv: ['openssl', 'dhparam', '-out', '/etc/ssl/dh.pem', '2048'], creates: '/etc/ssl/dh.pem' },
    { shell: 'ufw --force disable', only_if: 'ufw status | grep -q "Status: active"' },
    { argv: ['timedatectl', 'set-ntp', 'true'], unless: 'timedatectl show -p NTP | grep -q yes' },
    { argv: ['systemctl', 'kill', '--signal=HUP', 'dnsmasq.service'], always: true },
  ],
  desired: () => DONE,
  probe,
  steps: ({ params: { argv, shell, cwd, env, stdin, success_codes: successCodes } }) => [
    runStep(argv ?? ['sh', '-c', shell ?? ''], { cwd, env, stdin, successCodes }),
  ],
  foresight,
  isVerifiable: ({ always }) => always !== true,
  doesPrint: true,
});
