import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { HomelabError, HomelabErrors } from '../core/errors.js';
import type { PlacedText } from '../secrets/recipients.js';
import { checkSchema } from '../yaml/check-schema.js';
import { readYamlFile } from '../yaml/parse-yaml.js';
import { wordProblem } from './host-values.js';
import { isWorldWritable, SETTINGS_FILE } from './project.js';
import { refuse } from './schema.js';

/** The project's settings, defaults filled in. Paths are absolute unless told otherwise. */
export interface Settings {
  /** As written, relative to the project: errors name them so. */
  readonly playbooks: readonly string[];
  /** A file that replaces the host files of `inventory/`. */
  readonly inventory: string | undefined;
  /** Default: the user's own. */
  readonly sshConfig: string | undefined;
  /** Hosts at a time; undefined: the command's default. */
  readonly concurrency: number | undefined;
  /** Where runs are recorded; undefined: the user's state folder. */
  readonly state: string | undefined;
  /** Whom the project's secrets are encrypted for: public keys, and files of the project that hold some, one a line. */
  readonly recipients: readonly PlacedText[];
  /** Files with age identities. Of several, those that are there count. */
  readonly identity: readonly string[];
  /** Kept as written, for the command that reads it. */
  readonly notify: unknown;
}

const path = z.string().superRefine(refuse(wordProblem));

const recipient = path.superRefine(refuse(recipientProblem));

const settingsSchema = z.strictObject({
  playbooks: z.union([path, z.array(path).min(1)]).optional(),
  inventory: path.optional(),
  ssh_config: path.optional(),
  concurrency: z.int().min(1).max(1000).optional(),
  state: path.optional(),
  recipients: z.union([recipient, z.array(recipient).min(1)]).optional(),
  identity: z.union([path, z.array(path).min(1)]).optional(),
  notify: z.unknown().optional(),
});

/**
 * The settings in `homelab.yml` of a project; the defaults where there is none.
 * @throws HomelabError `project/world-writable`, `yaml/unreadable`
 * @throws HomelabErrors `yaml/syntax`, `project/settings`
 */
export function loadSettings(projectDir: string): Settings {
  const file = join(projectDir, SETTINGS_FILE);
  if (!existsSync(file)) return toSettings(projectDir, {}, []);
  for (const [place, name] of [
    [projectDir, 'the folder of the project'],
    [file, SETTINGS_FILE],
  ] as const) {
    if (isWorldWritable(place)) throw worldWritable(place, name);
  }
  const document = readYamlFile(file, SETTINGS_FILE);
  const checked = checkSchema({ document, path: [], schema: settingsSchema, code: 'project/settings' });
  if (!checked.isValid) throw new HomelabErrors(checked.errors);
  const recipients = asList(checked.value.recipients).map((text, index) => ({
    text,
    source: document.locate(['recipients', ...(typeof checked.value.recipients === 'string' ? [] : [index])]),
  }));
  return toSettings(projectDir, checked.value, recipients);
}

function asList(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function toSettings(
  projectDir: string,
  written: z.output<typeof settingsSchema>,
  recipients: readonly PlacedText[],
): Settings {
  const wholePath = (text: string) => resolve(projectDir, text.replace(/^~(?=\/|$)/, homedir()));
  const absolute = (text: string | undefined) => (text === undefined ? undefined : wholePath(text));
  const { playbooks = ['playbooks/site.yml'], ssh_config: sshConfig, concurrency } = written;
  return {
    playbooks: typeof playbooks === 'string' ? [playbooks] : playbooks,
    inventory: absolute(written.inventory),
    sshConfig: absolute(sshConfig),
    concurrency,
    state: absolute(written.state),
    recipients,
    identity: asList(written.identity).map(wholePath),
    notify: written.notify,
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
