import { MASK, type Secret } from './secret.js';

/** Shorter values are not searched for: they would be found in everything. */
const LEAST_CHARACTERS = 4;
/** Shorter lines of a longer value are not searched for by themselves. */
const LEAST_LINE_CHARACTERS = 8;
/** A larger value (an archive, say) is masked as a value and not searched for in texts. */
const MOST_CHARACTERS = 1 << 20;

/** What is searched for and begins alike. */
interface Needles {
  readonly words: Set<string>;
  /** Of the words, the longest first. */
  lengths: readonly number[];
}

/** By the first two code units: a text is read once, however many words are searched for. */
const needles = new Map<number, Needles>();

/**
 * From now on {@link redact} finds this secret: the whole of it, each of its longer lines, and both as JSON writes them.
 * For secrets that were read from the project or typed; the type {@link Secret} is what keeps them, this is the net below.
 */
export function registerSecret(secret: Secret): void {
  const text = secret.reveal();
  if (text.length > MOST_CHARACTERS) return;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const found = [text, text.trim(), ...lines.filter((line) => line.length >= LEAST_LINE_CHARACTERS)];
  for (const needle of found.filter((one) => one.trim().length >= LEAST_CHARACTERS)) {
    addNeedle(needle);
    addNeedle(JSON.stringify(needle).slice(1, -1));
  }
}

function addNeedle(needle: string): void {
  const start = startAt(needle, 0);
  const alike = needles.get(start) ?? { words: new Set(), lengths: [] };
  needles.set(start, alike);
  alike.words.add(needle);
  if (!alike.lengths.includes(needle.length))
    alike.lengths = [...alike.lengths, needle.length].toSorted((a, b) => b - a);
}

function startAt(text: string, index: number): number {
  return text.charCodeAt(index) * 0x10000 + text.charCodeAt(index + 1);
}

/** `text` with `***` for every part that is a registered secret. Where several overlap, all that they cover is one part. */
export function redact(text: string): string {
  if (needles.size === 0) return text;
  let masked = '';
  let rest = 0;
  for (let index = 0; index < text.length - 1; index++) {
    const alike = needles.get(startAt(text, index));
    const length = alike?.lengths.find((one) => alike.words.has(text.slice(index, index + one)));
    if (length === undefined) continue;
    if (index >= rest) masked += text.slice(rest, index) + MASK;
    rest = Math.max(rest, index + length);
  }
  return masked + text.slice(rest);
}

/** Forgets every secret: for tests, which share one process. */
export function forgetSecrets(): void {
  needles.clear();
}
