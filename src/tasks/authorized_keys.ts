import * as z from 'zod';
import { Content } from '../core/content.js';
import { HomelabError, InternalError } from '../core/errors.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { authorizedKeys, type AuthorizedKeysFile, type OwnedEntry } from '../probes/authorized-keys.js';
import { editKeys, findKeys, type KeysEdit } from './shared/authorized-keys-edit.js';
import { foundText } from './shared/edited-file.js';
import { permissionDenied } from './shared/file-entry.js';
import { textOf } from './shared/managed-file.js';
import { keyOptionsSchema, keyText, publicKeysSchema } from './shared/public-key.js';
import { accountNameSchema } from './shared/schemas.js';
import { writeAuthorizedKeys } from './shared/write-as-user.js';

const params = z
  .strictObject({
    user: accountNameSchema.describe('who may log in with the keys; has to exist, with its home'),
    keys: publicKeysSchema
      .optional()
      .describe('public keys, a list of lines or one text: `[options] type base64 [comment]`'),
    exclusive: z.boolean().default(false).describe('remove every other key of the user; the plan shows each'),
    options: keyOptionsSchema
      .optional()
      .describe('options for keys that have none of their own, e.g. `from="10.0.0.0/8",no-pty`, sshd(8)'),
    state: z
      .enum(['present', 'absent', 'none'])
      .default('present')
      .describe('absent removes these keys; none: every key, whose user need not exist'),
  })
  .superRefine(({ keys = [], exclusive, options, state }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (options !== undefined && keys.some((key) => key.options !== ''))
      complain('options', 'are given here and with a key: write them in one place');
    if (exclusive && state !== 'present')
      complain('exclusive', 'makes no sense for keys that are to be absent');
    if (options !== undefined && state !== 'present')
      complain('options', 'make no sense for keys that are to be absent');
    if (state === 'none' && keys.length > 0) complain('keys', 'are none: leave them out');
    if (state !== 'none' && keys.length === 0) complain('keys', 'are missing');
  });

type KeysParams = z.output<typeof params>;

function editOf({ keys = [], options = '', exclusive, state }: KeysParams): KeysEdit {
  if (state === 'none') return { keys: [], isExclusive: true, state: 'present' };
  const complete = keys.map((key) => (key.options === '' ? { ...key, options } : key));
  return { keys: complete, isExclusive: exclusive, state };
}

/** Never null: a key alone is what appears or goes. */
async function probe(host: ReadableHost, { user, state }: KeysParams): Promise<MaybeState | Unknown> {
  const found = await host.read(authorizedKeys, user);
  if (found === null || found.entries.home === null) {
    if (state !== 'present') return {};
    return found === null
      ? new Unknown(`user ${user} does not exist`, [`user:${user}`])
      : new Unknown(`the home of ${user}, ${found.home}, does not exist`, [
          `path:${found.home}`,
          `user:${user}`,
        ]);
  }
  const { folder, file } = found.entries;
  refuseStranger(found, folder, { path: `${found.home}/.ssh`, type: 'directory', user });
  refuseStranger(found, file, { path: `${found.home}/.ssh/authorized_keys`, type: 'file', user });
  const content = contentOf(found);
  const keys = [...findKeys(content.text ?? '')].map(([id, text]) => [`keys.${id}`, text] as const);
  return {
    ...Object.fromEntries(keys),
    mode: file?.mode ?? null,
    directory_mode: folder?.mode ?? null,
    home: found.home,
    content,
  };
}

/** A link could lead anywhere, and what is somebody else's is not the user's to have changed. */
function refuseStranger(
  { uid }: AuthorizedKeysFile,
  entry: OwnedEntry | null,
  { path, type, user }: { readonly path: string; readonly type: OwnedEntry['type']; readonly user: string },
): void {
  if (entry === null || (entry.type === type && entry.uid === uid)) return;
  const isType = entry.type === type;
  throw new HomelabError({
    code: isType ? 'task/wrong-owner' : 'task/wrong-type',
    message: isType
      ? `${path} belongs to the account with the number ${entry.uid}, not to ${user}`
      : `${path} is ${entry.type === 'link' ? 'a symbolic link' : `no ${type}`}, and is not followed`,
    hint: 'Who may log in is written only to what is the own of the user. Look at it, then mend or remove it by hand.',
  });
}

function contentOf({ home, entries, bytes, isComplete }: AuthorizedKeysFile): Content {
  const path = `${home}/.ssh/authorized_keys`;
  if (bytes === null && entries.file !== null) throw permissionDenied(path);
  const content = Content.of(bytes ?? '');
  if (content.text !== undefined && isComplete) return content;
  throw new HomelabError({
    code: 'task/not-text',
    message: `${path} is not UTF-8 text of at most 1 MiB`,
    hint: 'Look at it on the host: keys are text.',
  });
}

function desired(wanted: KeysParams): State {
  const { keys, isExclusive, state } = editOf(wanted);
  const isPresent = state === 'present' && keys.length > 0;
  return {
    ...Object.fromEntries(keys.map((key) => [`keys.${key.fingerprint}`, isPresent ? keyText(key) : null])),
    ...(isExclusive ? { 'keys.*': null } : {}),
    ...(isPresent ? { mode: '0600', directory_mode: '0700' } : {}),
  };
}

function steps({
  params: wanted,
  before,
}: StepContext<KeysParams>): ReturnType<typeof writeAuthorizedKeys>[] {
  const home = textOf(before, 'home');
  if (home === undefined) throw new InternalError(`The home of ${wanted.user} was not read`);
  return [writeAuthorizedKeys(wanted.user, home, editKeys(foundText(before), editOf(wanted)))];
}

/** Keys that a user may log in with. */
export default defineTask<KeysParams>({
  summary: 'A user may log in over SSH with these keys',
  params,
  examples: [
    {
      user: 'admin',
      keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f admin@laptop'],
      exclusive: true,
    },
    {
      user: 'backup',
      keys: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/ backup@nas',
      options: 'restrict,command="/usr/local/bin/receive"',
    },
  ],
  desired,
  probe,
  touches: ({ user }) => [
    `account:${user}`,
    `path:${user === 'root' ? '/root' : `/home/${user}`}/.ssh/authorized_keys`,
  ],
  foresight: () => ({ makes: [] }),
  steps,
});
