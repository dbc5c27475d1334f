import { HomelabError } from '../core/errors.js';
import { keyFactsOfLine, keyWeakness, STRONG_KEY_HINT, type KeyFacts } from '../core/key-strength.js';

/** A public key as its owner has it. */
export interface CandidateKey {
  /** `type base64 comment`. */
  readonly line: string;
  /** Where it is, in words: a file, or the agent. */
  readonly from: string;
  /** Whether it was asked for: then it is not passed over. */
  readonly isNamed: boolean;
}

/** A public key that a hardened host accepts. */
export interface InstallKey extends KeyFacts {
  /** One line for authorized_keys, without options. */
  readonly line: string;
  readonly from: string;
}

/**
 * The keys that are to be let in, each once. Weak ones are passed over where nobody named them.
 * @throws HomelabError `adopt/weak-key` where one that was named is weak, or all are; `adopt/no-key` where there is none
 */
export function keysToInstall(host: string, candidates: readonly CandidateKey[]): readonly InstallKey[] {
  const keys = new Map<string, InstallKey>();
  let weak: HomelabError | undefined;
  for (const { line, from, isNamed } of candidates) {
    const facts = keyFactsOfLine(line);
    const weakness = facts === undefined ? 'is of a type that is not known here' : keyWeakness(facts);
    if (facts !== undefined && weakness === undefined) keys.set(facts.fingerprint, { ...facts, line, from });
    else weak ??= weakKey({ host, from, weakness: weakness ?? '' });
    if (isNamed && weak !== undefined) throw weak;
  }
  if (keys.size > 0) return [...keys.values()];
  throw weak ?? noKey(host);
}

/**
 * The public keys in a file that was named on the command line, one a line.
 * @throws HomelabError `usage/key` where it holds a private key, something else, or a key that a hardened host refuses
 */
export function keysOfFile(text: string, shown: string): readonly CandidateKey[] {
  if (/-----BEGIN|PuTTY-User-Key-File/.test(text))
    throw badFile(`${shown} is a private key, which stays where it is`, `Name its public half: ${shown}.pub`);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw badFile(`${shown} holds no public key`, 'Name a .pub file.');
  return keys.map((line) => {
    const facts = keyFactsOfLine(line);
    if (facts === undefined || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/u.test(line.replaceAll('\t', ' ')))
      throw badFile(
        `${shown} is no file of public keys: \`type base64 comment\`, one a line`,
        'Name a .pub file.',
      );
    if (!line.startsWith(`${facts.type} `))
      throw badFile(`${shown} is a certificate`, 'Name the .pub file of its key.');
    const weakness = keyWeakness(facts);
    if (weakness !== undefined) throw badFile(`the key in ${shown} ${weakness}`, STRONG_KEY_HINT);
    return { line: line.replaceAll(/\s+/g, ' '), from: shown, isNamed: true };
  });
}

function weakKey({ host, from, weakness }: Record<'host' | 'from' | 'weakness', string>): HomelabError {
  return new HomelabError({
    code: 'adopt/weak-key',
    host,
    message: `no key for ${host}: that of ${from} ${weakness}`,
    hint: `${STRONG_KEY_HINT}; or name the public half of a better one: --key FILE`,
  });
}

function noKey(host: string): HomelabError {
  return new HomelabError({
    code: 'adopt/no-key',
    host,
    message: `there is no public key of yours to install on ${host}`,
    hint: 'Make one: ssh-keygen -t ed25519; or name its public half: --key FILE',
  });
}

function badFile(message: string, hint: string): HomelabError {
  return new HomelabError({ code: 'usage/key', message, hint });
}
