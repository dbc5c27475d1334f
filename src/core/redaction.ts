import { MASK, type Secret } from './secret.js';

/** Shorter values are not searched for: they would be found in everything. */
const LEAST_CHARACTERS = 4;
/** Shorter lines of a longer value are not searched for by themselves. */
const LEAST_LINE_CHARACTERS = 8;
/** A larger value (an archive, say) is masked as a value and not searched for in texts. */
const MOST_CHARACTERS = 1 << 20;

const needles = new Set<string>();
let pattern: RegExp | undefined;

/**
 * From now on {@link redact} finds this secret: the whole of it, each of its longer lines, and both as JSON writes them.
 * For secrets that were read from the project or typed; the type {@link Secret} is what keeps them, this is the net below.
 */
export function registerSecret(secret: Secret): void {
  const text = secret.reveal();
  if (text.length > MOST_CHARACTERS) return;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const found = [text, text.trim(), ...lines.filter((line) => line.length >= LEAST_LINE_CHARACTERS)];
  const before = needles.size;
  for (const needle of found.filter((one) => one.trim().length >= LEAST_CHARACTERS)) {
    needles.add(needle);
    needles.add(JSON.stringify(needle).slice(1, -1));
  }
  if (needles.size !== before) pattern = undefined;
}

/** `text` with `***` for every part that is a registered secret. Of two that overlap the longer one is taken. */
export function redact(text: string): string {
  if (needles.size === 0) return text;
  pattern ??= new RegExp(
    [...needles]
      .toSorted((a, b) => b.length - a.length)
      .map((needle) => needle.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
      .join('|'),
    'g',
  );
  return text.replace(pattern, MASK);
}

/** Forgets every secret: for tests, which share one process. */
export function forgetSecrets(): void {
  needles.clear();
  pattern = undefined;
}
