import { readFileSync } from 'node:fs';
import * as Flags from '@oclif/core/flags';
import { keysOfFile, type CandidateKey } from '../../adopt/install-keys.js';
import { HomelabError } from '../../core/errors.js';
import type { HostConfig, Inventory } from '../../core/host-config.js';
import { didYouMean } from '../../core/nearest.js';
import type { HostWish } from '../../inventory/new-hosts.js';

/** What `adopt` takes besides. */
export const adoptFlags = {
  'ask-pass': Flags.boolean({
    description: 'log in by a password where no key is let in, and install yours',
  }),
  yes: Flags.boolean({ char: 'y', description: 'pin new host keys without asking' }),
  key: Flags.string({
    description: "public key to install (default: that of the host's identity, of the agent, or ~/.ssh)",
    helpValue: 'FILE',
  }),
  name: Flags.string({
    description: 'what a host that is given by its address is called in the inventory; once for each',
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'NEW HOST',
  }),
  user: Flags.string({ description: 'account to log in as', helpValue: 'NAME', helpGroup: 'NEW HOST' }),
  port: Flags.integer({
    description: 'port of its SSH server',
    min: 1,
    max: 65535,
    helpValue: 'N',
    helpGroup: 'NEW HOST',
  }),
  via: Flags.string({
    description: 'jump host; several nearest to us first',
    helpValue: 'HOST',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'NEW HOST',
  }),
};

/** The flags of {@link adoptFlags}, as oclif parsed them. */
export interface AdoptFlagValues {
  readonly name?: readonly string[] | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly via?: readonly string[] | undefined;
}

/** Which hosts are meant, as the command line says it. */
export function wishOf(words: readonly string[], { name = [], user, port, via }: AdoptFlagValues): HostWish {
  return { words, names: name, said: { user, port, via } };
}

/** The keys in the file of `--key`; undefined where there is no such flag. @throws HomelabError `usage/key` */
export function keysOfFlag(file: string | undefined): readonly CandidateKey[] | undefined {
  if (file === undefined) return undefined;
  try {
    return keysOfFile(readFileSync(file, 'utf8'), file);
  } catch (thrown) {
    if (thrown instanceof HomelabError) throw thrown;
    throw new HomelabError({
      code: 'usage/key',
      message: `cannot read ${file} (${(thrown as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      hint: 'Name the .pub file of your key: --key ~/.ssh/id_ed25519.pub',
      cause: thrown,
    });
  }
}

/** What a person is asked for: whose password, and where it goes. */
export function passwordQuestion(hosts: readonly HostConfig[]): string {
  const users = new Set(hosts.map(({ user }) => user ?? 'your account'));
  return `Login password of ${[...users].join(', ')} on ${hosts.map(({ name }) => name).join(', ')}`;
}

/** A word that is a host's name misspelt looks like a new name that nobody knows. */
export function withNearestHost(error: HomelabError, { hosts }: Inventory): HomelabError {
  const { code, message, host = '', cause } = error;
  if (code !== 'transport/unresolvable' || hosts.has(host)) return error;
  const hint = didYouMean(host, hosts.keys());
  return hint === undefined ? error : new HomelabError({ code, message, hint, host, cause });
}
