import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';
import type { Endpoint } from './endpoint.js';
import { agentKeys, type KeyRingSources } from './key-ring.js';
import { parsePublicKey, type HostKey } from './known-hosts.js';
import { expandHome } from './ssh-config.js';

/** The public half of a key that its owner logs in with. */
export interface OperatorKey {
  /** `type base64 comment`, as authorized_keys has it. */
  readonly line: string;
  /** Where it is, in words. */
  readonly from: string;
  /** Whether the host is said to be logged in to with this one. */
  readonly isNamed: boolean;
}

const DEFAULT_NAMES = ['id_ed25519', 'id_ed25519_sk', 'id_rsa', 'id_ecdsa', 'id_ecdsa_sk'];

/**
 * The public halves of the keys that a host is to be logged in to with: those that the inventory or ssh_config name for
 * it; else what the agent holds; else the first in ~/.ssh. No private key is opened.
 * @throws HomelabError `transport/no-identity` where the inventory names a file that is not there
 */
export async function operatorKeys(endpoint: Endpoint, sources: KeyRingSources): Promise<OperatorKey[]> {
  const { identities } = endpoint;
  if (identities !== undefined) {
    const named = identities.filter((path) => path !== 'none');
    const keys = await Promise.all(named.map((path) => namedKey(endpoint, path, sources)));
    return keys.flatMap((key) => key ?? []);
  }
  const held = await agentKeys(endpoint, sources);
  if (held.length > 0)
    return held.map(({ key, comment }) => ({
      line: lineOf(key, comment),
      from: 'the agent',
      isNamed: false,
    }));
  for (const name of DEFAULT_NAMES) {
    const path = join(sources.home, '.ssh', name);
    const line = await publicLine(path, sources).catch(() => undefined);
    if (line !== undefined) return [{ line, from: path, isNamed: false }];
  }
  return [];
}

async function namedKey(
  { name, isIdentityFromInventory }: Endpoint,
  written: string,
  sources: KeyRingSources,
): Promise<OperatorKey | undefined> {
  const line = await publicLine(expandHome(written, sources.home), sources);
  if (line !== undefined) return { line, from: written, isNamed: true };
  if (!isIdentityFromInventory) return undefined;
  throw new HomelabError({
    code: 'transport/no-identity',
    host: name,
    message: `The identity ${written} of ${name} is not there`,
    hint: `Correct identity in the inventory, or make the key: ssh-keygen -t ed25519 -f ${written}`,
  });
}

/** What the .pub file beside a key says; else what the key's own file shows in the clear. */
async function publicLine(path: string, { files }: KeyRingSources): Promise<string | undefined> {
  const beside = await readFile(`${path}.pub`, 'utf8').catch(() => '');
  const key = parsePublicKey(beside);
  if (key !== undefined) return lineOf(key, beside.trim().split(/\s+/).slice(2).join(' '));
  const file = await files.load(path);
  return file === undefined ? undefined : lineOf(file.publicKey, '');
}

/** A comment is somebody's word: what does not belong in one line is left out. */
function lineOf({ type, blob }: HostKey, comment: string): string {
  const plain = comment.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]+/gu, ' ').trim();
  return `${type} ${blob.toString('base64')}${plain === '' ? '' : ` ${plain}`}`;
}
