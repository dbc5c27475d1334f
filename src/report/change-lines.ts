import { Content } from '../core/content.js';
import { MASK } from '../core/secret.js';
import type { Change } from '../core/state.js';
import type { Palette } from './palette.js';
import { visible, visibleLine } from './sanitize.js';
import { unifiedDiff } from './unified-diff.js';
import { changedTexts, diffName, isHidden, valueText } from './values.js';

/** One line of a diff as it will be shown: safe for a terminal, not yet cut, indented or coloured. */
export interface DiffLine {
  readonly text: string;
  readonly tone: 'added' | 'removed' | 'heading' | 'hunk' | 'plain' | 'note';
}

/** Lines of a new file that are shown; the rest is counted. */
const NEW_FILE_LINES = 40;
/** Lines of one file's diff that are shown; the rest is counted. */
const DIFF_LINES = 400;

/** Computes a diff; a caller with many hosts keeps the answers, since they often hold the same files. */
export type Differ = (before: Content | null, after: Content | null, texts: Texts) => string[] | undefined;

interface Texts {
  readonly before: string;
  readonly after: string;
}

/** A {@link Differ} that compares each pair of contents once. */
export function createDiffer(): Differ {
  const known = new Map<string, string[] | undefined>();
  return (before, after, texts) => {
    const key = `${before?.sha256 ?? ''} ${after?.sha256 ?? ''}`;
    if (!known.has(key)) known.set(key, unifiedDiff(texts.before, texts.after));
    return known.get(key);
  };
}

const TONES: Readonly<Record<string, DiffLine['tone']>> = {
  '+': 'added',
  '-': 'removed',
  '@': 'hunk',
  '\\': 'note',
};

/** A line of {@link unifiedDiff}, safe to be shown. */
export function toDiffLine(line: string): DiffLine {
  return { text: visible(line), tone: TONES[line[0] ?? ''] ?? 'plain' };
}

function capped(lines: readonly DiffLine[], limit: number): DiffLine[] {
  if (lines.length <= limit + 1) return [...lines];
  const left = lines.length - limit;
  return [...lines.slice(0, limit), { text: `… ${left} more lines`, tone: 'note' }];
}

function newFileLines(text: string): DiffLine[] {
  const lines = text.split('\n');
  const isEnded = lines.at(-1) === '';
  if (isEnded) lines.pop();
  const added = lines.map((line) => toDiffLine(`+${line}`));
  const ending: DiffLine[] = isEnded || text === '' ? [] : [toDiffLine('\\ No newline at end of file')];
  return capped([...added, ...ending], NEW_FILE_LINES);
}

function contentLines(change: Change, texts: Texts, subject: string, differ: Differ): DiffLine[] {
  const before = change.before instanceof Content ? change.before : null;
  const after = change.after instanceof Content ? change.after : null;
  const name = diffName(change, subject);
  if (before === null) {
    const lines = newFileLines(texts.after);
    return name === visibleLine(subject) ? lines : [{ text: `+++ ${name}`, tone: 'heading' }, ...lines];
  }
  const hunks = differ(before, after, texts);
  if (hunks === undefined)
    return [{ text: `${visibleLine(change.field)}: contents differ (too large to diff)`, tone: 'plain' }];
  return [
    { text: `--- ${name}`, tone: 'heading' },
    { text: `+++ ${name}`, tone: 'heading' },
    ...capped(hunks.map(toDiffLine), DIFF_LINES),
  ];
}

function scalarText(change: Change, isSensitive: boolean, isNew: boolean): string {
  const field = visibleLine(change.field);
  const isMasked = isHidden(change, isSensitive);
  const before = isMasked ? MASK : valueText(change.before);
  const after = isMasked ? MASK : valueText(change.after);
  return isNew && change.before === null ? `${field}: ${after}` : `${field}: ${before} -> ${after}`;
}

/** What a change is part of. */
export interface ChangeContext {
  /** What the item is about, for the two header lines of a diff. */
  readonly subject: string;
  readonly isSensitive: boolean;
  /** The thing does not exist yet: its fields have no before worth showing. */
  readonly isNew: boolean;
  readonly differ: Differ;
}

/** One change as lines: `mode: 0644 -> 0600`, or a unified diff where both contents are text that may be shown. */
export function changeLines(change: Change, context: ChangeContext): DiffLine[] {
  const texts = changedTexts(change, context.isSensitive);
  if (texts !== undefined) return contentLines(change, texts, context.subject, context.differ);
  return [{ text: scalarText(change, context.isSensitive, context.isNew), tone: 'plain' }];
}

const STYLES: Readonly<Record<DiffLine['tone'], keyof Palette | undefined>> = {
  added: 'green',
  removed: 'red',
  hunk: 'cyan',
  heading: 'bold',
  note: 'dim',
  plain: undefined,
};

/** The colour of a diff line, as `diff --color` has them. */
export function paintLine(text: string, tone: DiffLine['tone'], palette: Palette): string {
  const style = STYLES[tone];
  return style === undefined ? text : palette[style](text);
}
