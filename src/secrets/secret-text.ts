import { isArmored, Sealed } from '../core/sealed.js';
import { findSecretScalars, type SecretScalar } from '../yaml/secret-scalars.js';
import { armorScalar, openScalar, slotOf, type Slot } from './scalar-text.js';
import type { SecretOpener } from './secret-opener.js';

/** A value that was opened: its age file, and the letters that it was written with. */
interface KnownValue {
  readonly armor: string;
  readonly written: string;
  readonly slot: Slot;
}

/** Values that were opened, by place and value, and by value alone. */
export type KnownValues = ReadonlyMap<string, KnownValue>;

/** A YAML text with its `!secret` values opened, and what it takes to close the same ones again. */
export interface ShownText {
  readonly text: string;
  readonly known: KnownValues;
}

/** What is written in place of a value. */
type Writing = (slot: Slot) => string;

/** The key of a value at a place; of one at any place where `path` is empty, as no value's is. */
const keyOf = (path: string, value: string): string => JSON.stringify([path, value]);

/** The text with `!secret` and the plain value wherever it has an encrypted one; all else letter by letter as it is. */
export async function showSecrets(text: string, file: string, opener: SecretOpener): Promise<ShownText> {
  const known = new Map<string, KnownValue>();
  const writings = new Map<SecretScalar, Writing>();
  for (const scalar of findSecretScalars(text, file).filter(isSealed)) {
    const secret = await opener.open(sealedOf(scalar));
    const value = secret.reveal();
    const slot = slotOf(text, scalar);
    const found = { armor: scalar.value, written: text.slice(slot.start, slot.end), slot };
    known.set(keyOf('', value), found).set(keyOf(scalar.path, value), found);
    writings.set(scalar, (place) => openScalar(value, place));
  }
  return { text: rewrite(text, writings), known };
}

/**
 * The text with every `!secret` value encrypted. What is in `known` keeps its age file, so that only what changed
 * differs; values that are encrypted already stay.
 * @throws HomelabErrors `yaml/syntax`
 */
export async function hideSecrets(
  text: string,
  file: string,
  how: { readonly known: KnownValues; readonly seal: (value: Uint8Array) => Promise<string> },
): Promise<string> {
  const writings = new Map<SecretScalar, Writing>();
  for (const scalar of findSecretScalars(text, file)) {
    const { path, value } = scalar;
    const old = how.known.get(keyOf(path, value)) ?? how.known.get(keyOf('', value));
    if (old === undefined && isSealed(scalar)) continue;
    const armor = old?.armor ?? (await how.seal(Buffer.from(value)));
    writings.set(scalar, (slot) =>
      old !== undefined && isSameSlot(old.slot, slot) ? withEnd(old.written, slot) : armorScalar(armor, slot),
    );
  }
  return rewrite(text, writings);
}

/** The text with every encrypted value encrypted anew; how many there are. @throws HomelabErrors, HomelabError as opening does */
export async function resealSecrets(
  text: string,
  file: string,
  how: { readonly opener: SecretOpener; readonly seal: (value: Uint8Array) => Promise<string> },
): Promise<{ readonly text: string; readonly count: number }> {
  const writings = new Map<SecretScalar, Writing>();
  for (const scalar of findSecretScalars(text, file).filter(isSealed)) {
    const secret = await how.opener.open(sealedOf(scalar));
    const armor = await how.seal(secret.revealBytes());
    writings.set(scalar, (slot) => armorScalar(armor, slot));
  }
  return { text: rewrite(text, writings), count: writings.size };
}

function isSealed({ value }: SecretScalar): boolean {
  return isArmored(value);
}

function sealedOf({ value, source }: SecretScalar): Sealed {
  return new Sealed(Buffer.from(value), source);
}

/** Whether what was written in one place fits into the other as it is. */
function isSameSlot(a: Slot, b: Slot): boolean {
  return a.indent === b.indent && a.remark === b.remark && a.isFlow === b.isFlow;
}

/** The words with the line end of a block, or without it: shown on one line, a block has none. */
function withEnd(written: string, { endsLine }: Slot): string {
  return written.replace(/\r?\n$/, '') + (endsLine ? '\n' : '');
}

/** The text with other words in some of its places. */
function rewrite(text: string, writings: ReadonlyMap<SecretScalar, Writing>): string {
  let rest = 0;
  let written = '';
  for (const [scalar, write] of writings) {
    const slot = slotOf(text, scalar);
    written += text.slice(rest, slot.start) + write(slot);
    rest = slot.end;
  }
  return written + text.slice(rest);
}
