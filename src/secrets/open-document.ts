import { HomelabError, HomelabErrors } from '../core/errors.js';
import { registerSecret } from '../core/redaction.js';
import { Sealed } from '../core/sealed.js';
import { Secret } from '../core/secret.js';
import type { YamlDocument } from '../yaml/document.js';
import type { SecretOpener } from './secret-opener.js';

/**
 * The document with secrets in place of its encrypted values; the same one where it has none.
 * @throws HomelabErrors one for each value that cannot be opened, at its place
 */
export async function openDocument(document: YamlDocument, opener: SecretOpener): Promise<YamlDocument> {
  const value = await openValue(document.value, opener);
  return value === document.value ? document : { ...document, value };
}

/**
 * A value with secrets in place of the encrypted ones in it; the same one where it has none.
 * @throws HomelabErrors as {@link openDocument}
 */
export async function openValue(value: unknown, opener: SecretOpener): Promise<unknown> {
  const sealed = [...sealedIn(value)];
  if (sealed.length === 0) return value;
  const errors = new Set<HomelabError>();
  const opened = new Map<Sealed, Secret>();
  for (const one of sealed) {
    try {
      opened.set(one, await opener.open(one));
    } catch (thrown) {
      if (!(thrown instanceof HomelabError)) throw thrown;
      // What is wrong with the identities is told once, not for each value.
      errors.add(thrown);
      one.isTold = true;
    }
  }
  if (errors.size > 0) throw new HomelabErrors([...errors]);
  const open = (leaf: unknown): unknown => (leaf instanceof Sealed ? opened.get(leaf) : leaf);
  return mapLeaves(value, open);
}

/** The document with every text and number in it as a secret; mappings and lists keep their shape. */
export function hideLeaves(document: YamlDocument): YamlDocument {
  return { ...document, value: mapLeaves(document.value, hide) };
}

function hide(leaf: unknown): unknown {
  if (typeof leaf !== 'string' && typeof leaf !== 'number') return leaf;
  const secret = new Secret(String(leaf));
  registerSecret(secret);
  return secret;
}

function* sealedIn(value: unknown): Generator<Sealed> {
  if (value instanceof Sealed) yield value;
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* sealedIn(inner);
}

/** Not a value with a class of its own. */
function mapLeaves(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, change));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapLeaves(inner, change)]));
}
