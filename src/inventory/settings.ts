import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { HomelabError, HomelabErrors, type SourcePosition } from '../core/errors.js';
import type { PlacedText } from '../secrets/recipients.js';
import { checkSchema } from '../yaml/check-schema.js';
import { readYamlFile } from '../yaml/parse-yaml.js';
import { soundPart } from '../yaml/sound-part.js';
import {
  controllerOf,
  controllerSchema,
  NO_CONTROLLER,
  type ControllerSettings,
} from './controller-settings.js';
import { driftSchema, type WrittenDrift } from './drift-settings.js';
import { wordProblem } from './host-values.js';
import { notifySchema, type WrittenNotify } from './notify-schema.js';
import { isWorldWritable, SETTINGS_FILE } from './project.js';
import { Problems } from './problems.js';
import { refuse } from './schema.js';

/** The project's settings, defaults filled in. Paths are absolute unless told otherwise. */
export interface Settings {
  /** As written, relative to the project: errors name them so. */
  readonly playbooks: readonly string[];
  /** Where each is written; none where they are the usual ones. */
  readonly playbookPlaces: ReadonlyMap<string, SourcePosition>;
  /** A file that replaces the host files of `inventory/`. */
  readonly inventory: string | undefined;
  /** Default: the user's own. */
  readonly sshConfig: string | undefined;
  /** Hosts at a time; undefined: the command's default. */
  readonly concurrency: number | undefined;
  /** Seconds until a change that no new login has proven is undone; undefined: what is usual for what is changed. */
  readonly guardTimeout: number | undefined;
  /** Where runs are recorded; undefined: the user's state folder. */
  readonly state: string | undefined;
  /** Whom the project's secrets are encrypted for: public keys, and files of the project that hold some, one a line. */
  readonly recipients: readonly PlacedText[];
  /** Files with age identities. Of several, those that are there count. */
  readonly identity: readonly string[];
  /** Whether the inventory has its hosts is for `controllerErrors` to say. */
  readonly controller: ControllerSettings;
  /** Whom to tell how a run went; what is encrypted is not open yet: see openNotify. */
  readonly notify: WrittenNotify | undefined;
  /** Of drift checks; what is encrypted is not open yet: see openPing. */
  readonly drift: WrittenDrift | undefined;
}

const path = z.string().superRefine(refuse(wordProblem));

const recipient = path.superRefine(refuse(recipientProblem));

/** What `homelab.yml` may hold. */
export const settingsSchema = z.strictObject({
  playbooks: z
    .union([path, z.array(path).min(1)])
    .optional()
    .describe('playbooks in the order they run, relative to the project; default: playbooks/site.yml'),
  inventory: path.optional().describe('a file that replaces the host files of inventory/'),
  ssh_config: path.optional().describe("ssh_config to read; default: the user's own"),
  concurrency: z.int().min(1).max(1000).optional().describe('hosts at work at the same time; default: 20'),
  guard_timeout: z
    .int()
    .min(10)
    .max(600)
    .optional()
    .describe(
      'seconds until a change that may lock us out is undone, unless a new login has proven it; default: 60, for a firewall 90, for the network 180',
    ),
  state: path.optional().describe("where runs are recorded; default: the user's folder for state"),
  recipients: z
    .union([recipient, z.array(recipient).min(1)])
    .optional()
    .describe('public keys of age that secrets are encrypted for'),
  identity: z
    .union([path, z.array(path).min(1)])
    .optional()
    .describe('file of the private key of age that secrets are read with'),
  controller: controllerSchema.optional(),
  notify: notifySchema.optional(),
  drift: driftSchema.optional(),
});

/**
 * The settings in `homelab.yml` of a project; the defaults where there is none.
 * @throws HomelabErrors `project/world-writable`, `yaml/unreadable`, `yaml/syntax`, `project/settings`
 */
export function loadSettings(projectDir: string): Settings {
  const { settings, errors } = readSettings(projectDir);
  if (errors.length > 0) throw new HomelabErrors(errors);
  return settings;
}

/** Settings with what is wrong with them. */
export interface SettingsReading {
  /** Defaults stand for what is wrong. */
  readonly settings: Settings;
  readonly errors: readonly HomelabError[];
  /** Whether a setting is what was written; else nobody knows what was meant. */
  readonly isKnown: (key: keyof z.output<typeof settingsSchema>) => boolean;
}

/** As {@link loadSettings}; mistakes are not thrown but returned. */
export function readSettings(projectDir: string): SettingsReading {
  const file = join(projectDir, SETTINGS_FILE);
  const none = {
    settings: toSettings(projectDir, {}, { recipients: [], playbooks: [], controller: NO_CONTROLLER }),
    errors: [],
    isKnown: () => true,
  };
  if (!existsSync(file)) return none;
  const problems = new Problems();
  for (const [place, name] of [
    [projectDir, 'the folder of the project'],
    [file, SETTINGS_FILE],
  ] as const) {
    if (isWorldWritable(place))
      return { ...none, errors: [worldWritable(place, name)], isKnown: () => false };
  }
  const document = problems.collect(() => readYamlFile(file, SETTINGS_FILE));
  if (document === undefined) return { ...none, errors: problems.inOrder(), isKnown: () => false };
  const checked = checkSchema({ document, path: [], schema: settingsSchema, code: 'project/settings' });
  const sound = checked.isValid
    ? { value: checked.value, lost: new Set<string>() }
    : soundPart(settingsSchema, document.value);
  const { value, lost } = sound;
  const placed = (key: 'recipients' | 'playbooks'): PlacedText[] =>
    asList(value[key]).map((text, index) => ({
      text,
      source: document.locate([key, ...(typeof value[key] === 'string' ? [] : [index])]),
    }));
  const settings = toSettings(projectDir, value, {
    recipients: placed('recipients'),
    playbooks: placed('playbooks'),
    controller: controllerOf(value.controller ?? {}, document),
  });
  if (checked.isValid) return { ...none, settings };
  return { settings, errors: checked.errors, isKnown: (key) => !lost.has(key) && key in value };
}

function asList(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function toSettings(
  projectDir: string,
  written: z.output<typeof settingsSchema>,
  placed: Pick<Settings, 'recipients' | 'controller'> & { readonly playbooks: readonly PlacedText[] },
): Settings {
  const wholePath = (text: string) => resolve(projectDir, text.replace(/^~(?=\/|$)/, homedir()));
  const absolute = (text: string | undefined) => (text === undefined ? undefined : wholePath(text));
  const { playbooks = ['playbooks/site.yml'], ssh_config: sshConfig, concurrency } = written;
  return {
    playbooks: typeof playbooks === 'string' ? [playbooks] : playbooks,
    playbookPlaces: new Map(placed.playbooks.map(({ text, source }) => [text, source])),
    inventory: absolute(written.inventory),
    sshConfig: absolute(sshConfig),
    concurrency,
    guardTimeout: written.guard_timeout,
    state: absolute(written.state),
    recipients: placed.recipients,
    identity: asList(written.identity).map(wholePath),
    controller: placed.controller,
    notify: written.notify,
    drift: written.drift,
  };
}

/** What is no public key and no file either; a private key is not repeated. */
function recipientProblem(text: string): string | undefined {
  if (/^AGE-SECRET-KEY-/i.test(text))
    return 'is an identity, which has to stay secret; write its public key, age1…';
  if (text.startsWith('ssh-'))
    return 'is an SSH key; write an age public key, age1…, as `homelab secret keygen` prints it';
  return undefined;
}

function worldWritable(place: string, name: string): HomelabError {
  return new HomelabError({
    code: 'project/world-writable',
    message: `every account of this machine may write to ${name}: its settings cannot be trusted`,
    hint: `Take that away: chmod o-w ${place}`,
  });
}
