import { Content } from '../core/content.js';
import { MASK, Secret } from '../core/secret.js';
import type { Change, StateValue } from '../core/state.js';
import { visibleLine } from './sanitize.js';

const SHORT_HASH_CHARACTERS = 12;

/** A value of a state as a person reads it on one line. */
export function valueText(value: StateValue): string {
  if (value === null) return 'absent';
  if (isSecretValue(value)) return MASK;
  if (value instanceof Content) return `sha256:${value.sha256.slice(0, SHORT_HASH_CHARACTERS)}…`;
  const text = visibleLine(String(value));
  return text === '' || text.trim() !== text ? JSON.stringify(text) : text;
}

/** What a diff is of: the file that the change names, where an item keeps several, else what the item is about. */
export function diffName({ field }: Change, subject: string): string {
  return visibleLine(field.startsWith('/') ? field : subject);
}

/** A value of a state for a program: scalars as they are, absent as `"absent"`, contents as `"sha256:…"`. */
export function valueDocument(value: StateValue): string | number | boolean {
  if (value === null) return 'absent';
  if (value instanceof Secret) return MASK;
  return value instanceof Content ? value.toJSON() : value;
}

function isSecretValue(value: StateValue): boolean {
  return value instanceof Secret || (value instanceof Content && value.isSecret);
}

/** Whether the values of a change are not to be seen, before or after. */
export function isHidden(change: Change, isSensitive: boolean): boolean {
  return isSensitive || isSecretValue(change.before) || isSecretValue(change.after);
}

/** Both texts of a change of contents, absent being empty; undefined where one is unknown, binary or not to be seen. */
export function changedTexts(
  change: Change,
  isSensitive: boolean,
): { readonly before: string; readonly after: string } | undefined {
  if (isHidden(change, isSensitive)) return undefined;
  const { before, after } = change;
  if (!(before instanceof Content) && !(after instanceof Content)) return undefined;
  const texts = [before, after].map((value) =>
    value instanceof Content ? value.text : value === null ? '' : undefined,
  );
  const [old, wanted] = texts;
  return old === undefined || wanted === undefined ? undefined : { before: old, after: wanted };
}
