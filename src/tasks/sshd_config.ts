import * as z from 'zod';
import { Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { sshdConfigs, sshdQuestion } from '../probes/sshd-configs.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { pathSchema } from './shared/schemas.js';
import { dropInFolder, includesFirst, SSHD_MAIN_FILE, withIncludeFirst } from './shared/sshd-include.js';
import {
  desiredFields,
  observedFields,
  questionOf,
  refuseUnlike,
  tryCandidate,
} from './shared/sshd-drop-in.js';
import { dropInText, sshdMatchSchema, sshdSettingsSchema } from './shared/sshd-params.js';
import { AS_WRITTEN, OLDER, reloadSshdStep, SSHD_UNITS } from './shared/sshd-reload.js';

const params = z
  .strictObject({
    settings: sshdSettingsSchema
      .default({})
      .describe(
        'keyword to value, e.g. PasswordAuthentication: false; several values are a list. Port, ListenAddress, HostKey, AcceptEnv and the lists of users and groups add up over all files',
      ),
    match: sshdMatchSchema.default([]).describe('settings for some connections, in their order'),
    file: pathSchema
      .regex(/^\/etc\/ssh\/[^/]+\/[^/]+\.conf$/, 'must be a file `*.conf` in a folder of /etc/ssh')
      .default('/etc/ssh/sshd_config.d/00-homelab.conf')
      .describe('the drop-in; the first one by name counts'),
    state: z.enum(['present', 'absent']).default('present').describe('absent removes the file'),
  })
  .superRefine(({ settings, match, state }, context) => {
    const isEmpty = Object.keys(settings).length === 0 && match.length === 0;
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    if (state === 'present' && isEmpty) complain('sets nothing: give `settings` or `match`');
    if (state === 'absent' && !isEmpty) complain('a file that is to be absent has no settings');
  });

type SshdConfigParams = z.output<typeof params>;

async function probe(host: ReadableHost, wanted: SshdConfigParams): Promise<MaybeState | Unknown> {
  if (wanted.state === 'absent') return readTextFile(host, wanted.file);
  const [found, main, asked] = await Promise.all([
    readTextFile(host, wanted.file),
    readTextFile(host, SSHD_MAIN_FILE),
    host.read(sshdConfigs, sshdQuestion(questionOf(wanted))),
  ]);
  if (asked === null) return new Unknown('sshd is not installed', ['program:sshd', 'package:openssh-server']);
  if (main === null) throw noMainFile();
  const mainText = main.content.text ?? '';
  const isIncluded = includesFirst(mainText, wanted.file);
  const isWritten = found !== null && found.content.equals(Content.of(dropInText(wanted)));
  if (isWritten && isIncluded) refuseUnlike(asked, wanted);
  else await tryCandidate(host, wanted, mainText);
  return {
    ...(found ?? NO_FILE),
    include: isIncluded ? 'first' : null,
    ...Object.fromEntries(observedFields(asked, wanted)),
    loaded: asked.isRead === 'no' ? OLDER : AS_WRITTEN,
    ...Object.fromEntries(Object.entries(main).map(([field, value]) => [`main.${field}`, value])),
  };
}

const NO_FILE: State = { content: null, mode: null, owner: null, group: null };

function noMainFile(): HomelabError {
  return new HomelabError({
    code: 'task/unsupported',
    message: `there is no ${SSHD_MAIN_FILE} that could include a drop-in`,
    hint: 'Install the server of OpenSSH there, or write the file with `file` where its system looks for one.',
  });
}

function desired(wanted: SshdConfigParams): MaybeState {
  if (wanted.state === 'absent') return null;
  return {
    content: Content.of(dropInText(wanted)),
    mode: '0600',
    owner: 'root',
    group: 'root',
    include: 'first',
    ...Object.fromEntries(desiredFields(wanted)),
    loaded: AS_WRITTEN,
  };
}

/** The settings that move what is listened on, in the file as it is or will be. */
function doesMovePorts({ before, params: { settings } }: StepContext<SshdConfigParams>): boolean {
  const isOfPorts = /^\s*(?:Port|ListenAddress|AddressFamily)\b/im;
  return isOfPorts.test(foundText(before)) || isOfPorts.test(Object.keys(settings).join('\n'));
}

function steps(context: StepContext<SshdConfigParams>): Step[] {
  const { params: wanted, facts, before, changed } = context;
  const reload = reloadSshdStep(facts, { movesPorts: doesMovePorts(context) });
  if (wanted.state === 'absent') return [runStep(['rm', '-f', '--', wanted.file]), reload];
  const steps: Step[] = [];
  if (['content', 'mode', 'owner', 'group'].some(changed)) {
    steps.push(runStep(['mkdir', '-p', '--', dropInFolder(wanted.file)]), {
      do: 'write',
      path: wanted.file,
      body: dropInText(wanted),
      mode: '0600',
      owner: 'root',
      group: 'root',
    });
  }
  if (changed('include')) steps.push(writeMain(wanted.file, before));
  return [...steps, reload];
}

function writeMain(file: string, before: MaybeState): Step {
  const part = (name: string): State[string] => before?.[`main.${name}`] ?? null;
  const main = { content: part('content'), mode: part('mode'), owner: part('owner'), group: part('group') };
  return writeText(SSHD_MAIN_FILE, withIncludeFirst(foundText(main), file), main);
}

/**
 * Settings of sshd, by what they come to. The first value of a keyword counts, so the drop-in has to be read before
 * everything else.
 */
export default defineTask<SshdConfigParams>({
  summary: 'Settings of the SSH server have these values, whatever other files say',
  params,
  examples: [
    { settings: { PasswordAuthentication: false, PermitRootLogin: 'prohibit-password', MaxAuthTries: 3 } },
    {
      settings: { AllowTcpForwarding: false, AllowUsers: ['admin', 'backup@10.0.0.*'] },
      match: [
        {
          criteria: { User: 'admin' },
          settings: { AllowTcpForwarding: 'local', PermitOpen: ['10.0.1.11:22', '10.0.1.12:22'] },
        },
      ],
    },
    { file: '/etc/ssh/sshd_config.d/10-old.conf', state: 'absent' },
  ],
  desired,
  probe,
  touches: ({ file }) => [
    `path:${file}`,
    `path:${dropInFolder(file)}`,
    `path:${SSHD_MAIN_FILE}`,
    ...SSHD_UNITS,
  ],
  foresight: ({ file }) => ({ makes: [`path:${file}`] }),
  steps,
});
