import { encrypt, generateKeyPair, type KeyPair } from '../../src/secrets/age-library.js';
import { SecretOpener } from '../../src/secrets/secret-opener.js';

/** A key pair, what it takes to write with it, and to open what was written. */
export interface TestKeys extends KeyPair {
  readonly opener: SecretOpener;
  /** An age file as text. */
  readonly seal: (plaintext: string | Uint8Array) => Promise<string>;
  /** `!secret |` and an age file, its lines indented by `indent` spaces. */
  readonly sealValue: (plaintext: string, indent?: number) => Promise<string>;
}

export async function testKeys(): Promise<TestKeys> {
  const pair = await generateKeyPair();
  const seal = async (plaintext: string | Uint8Array): Promise<string> =>
    Buffer.from(await encrypt(Buffer.from(plaintext), [pair.recipient])).toString();
  return {
    ...pair,
    opener: openerOf(pair.identity),
    seal,
    sealValue: async (plaintext, indent = 2) =>
      `!secret |\n${(await seal(plaintext)).trimEnd().replaceAll(/^/gm, ' '.repeat(indent))}\n`,
  };
}

export function openerOf(identity: string): SecretOpener {
  const env = { HOMELAB_AGE_IDENTITY: identity };
  return new SecretOpener({ env, files: [], askSecret: () => Promise.resolve(undefined) });
}
