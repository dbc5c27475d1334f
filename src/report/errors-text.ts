import {
  type HomelabError,
  HomelabErrors,
  InternalError,
  toHomelabError,
  type SourcePosition,
} from '../core/errors.js';
import { MASK } from '../core/secret.js';
import { PLAIN_PALETTE, type Palette } from './palette.js';
import { visible, visibleLine } from './sanitize.js';
import { cutToWidth, textWidth } from './text-width.js';

/** Answers one line (counted from 1) of a file of the project, or undefined where it cannot be read. */
export type ReadLine = (file: string, line: number) => string | undefined;

/** How an error is told. Left out: no colour, nothing cut, no line of the file, no stack. */
export interface ErrorTextOptions {
  readonly palette?: Palette | undefined;
  /** Columns to cut quoted lines to; undefined: nothing is cut. */
  readonly width?: number | undefined;
  readonly readLine?: ReadLine | undefined;
  /** Adds the code, and the stack of what was thrown first. */
  readonly isDebug?: boolean | undefined;
}

type Resolved = ErrorTextOptions & { readonly palette: Palette };

function place(error: HomelabError): string {
  if (error.source !== undefined)
    return `${visibleLine(error.source.file)}:${error.source.line}:${error.source.column}: `;
  return [error.host, error.task]
    .flatMap((name) => (name === undefined ? [] : [`${visibleLine(name)}: `]))
    .join('');
}

/** Most lines that a private key is looked for above a line that could be one of its own. */
const MOST_KEY_LINES = 200;

/** Whether a line holds an age identity, begins or ends a private key (RFC 7468), or is one of its letters and digits. */
function isInPrivateKey({ file, line }: SourcePosition, readLine: ReadLine | undefined): boolean {
  for (let at = line; at > 0 && at > line - MOST_KEY_LINES; at--) {
    const text = readLine?.(file, at) ?? '';
    if (/PRIVATE KEY|AGE-SECRET-KEY-/.test(text)) return true;
    if (!/^\s*[A-Za-z0-9+/=]+\s*$/.test(text)) return false;
  }
  return false;
}

/** What a person marked as secret, encrypted or not yet: only how a block begins may be shown. */
const BEHIND_SECRET = /(!secret\b\s*)(?![|>][-+0-9]*\s*$)\S.*/;

/** Whether a line is one of several that `!secret` stands before: it is further in than the line with the tag. */
function isBehindSecret({ file, line }: SourcePosition, readLine: ReadLine | undefined): boolean {
  let indent = indentOf(readLine?.(file, line) ?? '');
  for (let at = line - 1; at > 0 && at > line - MOST_KEY_LINES; at--) {
    const text = readLine?.(file, at) ?? '';
    if (text.trim() === '' || indentOf(text) >= indent) continue;
    if (text.includes('!secret')) return true;
    indent = indentOf(text);
    if (indent === 0) return false;
  }
  return false;
}

/** Columns before the first word of a line; the dashes of lists count as spaces. */
function indentOf(text: string): number {
  return /^\s*(?:-\s+)*/.exec(text)?.[0].length ?? 0;
}

/** The line the error is about, with a caret under the column. */
function quotedLine(source: SourcePosition, { palette, width, readLine }: Resolved): string {
  const line = readLine?.(source.file, source.line)?.replace(BEHIND_SECRET, `$1${MASK}`);
  if (line === undefined || isInPrivateKey(source, readLine) || isBehindSecret(source, readLine)) return '';
  const gutter = `${String(source.line).padStart(5)} | `;
  const before = visibleLine(line.slice(0, source.column - 1));
  const room = width === undefined ? undefined : width - gutter.length;
  const quoted = cutToWidth(visibleLine(line), room);
  const offset = textWidth(before);
  if (room !== undefined && offset >= room) return `${palette.dim(gutter + quoted)}\n`;
  const caret = `${' '.repeat(gutter.length - 2)}${palette.dim('|')} ${' '.repeat(offset)}${palette.red('^')}`;
  return `${palette.dim(gutter)}${quoted}\n${caret}\n`;
}

/** The first error of a chain of causes: where the trouble began. */
function rootCause(thrown: unknown): unknown {
  let root = thrown;
  // A cause that leads back to itself must not hold us.
  for (let depth = 0; depth < 10 && root instanceof Error && root.cause !== undefined; depth++)
    root = root.cause;
  return root;
}

function debugText(error: HomelabError, { palette, isDebug }: Resolved): string {
  if (isDebug !== true) return '';
  const root = rootCause(error);
  const stack = root instanceof Error ? (root.stack ?? root.message) : String(root);
  const lines = visible(`code: ${error.code}\n${stack}`).split('\n');
  return lines.map((line) => `${palette.dim(`  ${line}`)}\n`).join('');
}

function oneErrorText(error: HomelabError, options: Resolved): string {
  const { palette } = options;
  const [first = '', ...rest] = visible(error.message).trimEnd().split('\n');
  const heading = error.source === undefined ? palette.red('error: ') : '';
  const prefix = error instanceof InternalError ? 'internal error: ' : '';
  const tail = rest.map((line) => `  | ${line}\n`).join('');
  const quoted = error.source === undefined ? '' : quotedLine(error.source, options);
  const hint =
    error.hint === undefined
      ? ''
      : `  ${palette.cyan('hint:')} ${visible(error.hint).replaceAll('\n', '\n  ')}\n`;
  const body = `${palette.bold(place(error))}${prefix}${first}`;
  return `${heading}${body}\n${tail}${quoted}${hint}${debugText(error, options)}`;
}

/**
 * What was thrown, for a person: place, message, the line of the file with a caret, and what to do next. Several
 * mistakes are told one after the other and counted. A stack appears only with `isDebug`. Ends with a newline.
 */
export function errorText(thrown: unknown, options: ErrorTextOptions = {}): string {
  const resolved: Resolved = { ...options, palette: options.palette ?? PLAIN_PALETTE };
  const error = toHomelabError(thrown);
  if (!(error instanceof HomelabErrors)) return oneErrorText(error, resolved);
  const all = error.errors.map((one) => oneErrorText(one, resolved)).join('');
  return error.errors.length > 1 ? `${all}${resolved.palette.red(visible(error.message))}\n` : all;
}

function detailsDocument(error: HomelabError): Record<string, unknown> {
  return {
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    source: error.source ?? null,
    ...(error.host === undefined ? {} : { host: error.host }),
    ...(error.task === undefined ? {} : { task: error.task }),
  };
}

/**
 * What was thrown, for a program: `{ error: { code, message, hint, source }, exitCode }`. Of several mistakes each is
 * in `error.errors` too. No stack, no cause.
 */
export function errorsDocument(thrown: unknown, exitCode: number): Record<string, unknown> {
  const error = toHomelabError(thrown);
  const each = error instanceof HomelabErrors ? { errors: error.errors.map(detailsDocument) } : {};
  return { error: { ...detailsDocument(error), ...each }, exitCode };
}
