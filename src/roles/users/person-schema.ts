import * as z from 'zod';
import { keyFactsOfLine, keyWeakness, STRONG_KEY_HINT } from '../../core/key-strength.js';
import { Secret } from '../../core/secret.js';
import { accountSchema } from '../shared/account-schema.js';

/** Options before a key, sshd(8): up to the first blank that is not between quotes. */
const OPTIONS = /^(?:"(?:[^"\\]|\\.)*"|[^\s"])+\s+/;

/** Why a hardened host would not let a line of authorized_keys in; undefined: it does. */
function lineWeakness(line: string): string | undefined {
  const facts = keyFactsOfLine(line) ?? keyFactsOfLine(line.replace(OPTIONS, ''));
  if (facts === undefined) return 'is no public key: `type base64 comment`, in one line';
  const weakness = keyWeakness(facts);
  return weakness === undefined ? undefined : `${weakness}. ${STRONG_KEY_HINT}`;
}

const keysSchema = z
  .union([z.string(), z.array(z.string())])
  .transform((keys) => [keys].flat().flatMap((text) => text.split(/\r?\n/)))
  .transform((lines) =>
    lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')),
  )
  .superRefine((lines, context) => {
    for (const line of lines) {
      const weakness = lineWeakness(line);
      // Never a whole line: it may be a private key.
      if (weakness !== undefined)
        context.addIssue({ code: 'custom', message: `\`${line.slice(0, 24)}…\` ${weakness}` });
    }
  });

/** Whether nobody can log in by a shell. */
export function isNoShell(shell: string): boolean {
  return /(?:^|\/)(?:nologin|false|true|sync|halt|shutdown)$/.test(shell);
}

/** Somebody who works on the hosts, did, or is to have a key there. */
export const personSchema = z
  .strictObject({
    name: accountSchema.describe('login name'),
    keys: keysSchema.default([]).describe('public keys, a list of lines or one text'),
    exclusive_keys: z.boolean().optional().describe('every other key goes; default: as the role says'),
    groups: z.array(accountSchema).optional().describe('further groups, which have to exist; others stay'),
    sudo: z
      .boolean()
      .optional()
      .describe('whether it may become root, with its password; left out: as found'),
    shell: z.string().startsWith('/').optional().describe('login shell'),
    password_hash: z
      .union([z.string(), z.instanceof(Secret)])
      .optional()
      .describe('hash of the password, best a secret'),
    state: z
      .enum(['present', 'locked', 'absent'])
      .default('present')
      .describe(
        'locked: no key, no password, no shell, no groups, and its files stay its own; absent: the account goes',
      ),
    remove_home: z.boolean().default(false).describe('with `state: absent`: remove its home as well'),
  })
  .superRefine((person, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (person.remove_home && person.state !== 'absent') complain('remove_home', 'goes with `state: absent`');
    if (person.exclusive_keys === true && person.keys.length === 0)
      complain('exclusive_keys', 'would leave no key: `state: locked` locks somebody out');
    if (person.name === 'root' && person.state !== 'present')
      complain('state', 'would take the last way into the host: root stays');
    if (person.name === 'root' && person.shell !== undefined && isNoShell(person.shell))
      complain('shell', 'would take the last way into the host: root keeps a shell');
    if (person.name === 'root' && person.sudo === false) complain('sudo', 'cannot be taken from root');
  });

export type Person = z.output<typeof personSchema>;
