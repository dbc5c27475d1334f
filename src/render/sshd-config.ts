import { HomelabError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { sshdKeyword, sshdKeywordNames, type SshdKeyword } from './sshd-keywords.js';

export type SshdValue = string | number | boolean | readonly (string | number)[];
/** Keyword to value. */
export type SshdSettings = Readonly<Record<string, SshdValue>>;

/** A `Match` block: for connections that meet all criteria. */
export interface SshdMatch {
  /** E.g. `User: [admin, 'ops-*']`; a list is any of its patterns. */
  readonly criteria: Readonly<Record<string, SshdValue>>;
  readonly settings: SshdSettings;
}

/** What `Match` may ask, sshd_config(5). */
export const SSHD_CRITERIA = ['User', 'Group', 'Host', 'Address', 'LocalAddress', 'LocalPort', 'RDomain'];

/**
 * Text of sshd_config(5) that sshd reads as exactly these values, from OpenSSH 8.2 to 10.2: settings for everybody, then
 * the blocks in their order.
 * @throws HomelabError `render/unknown-keyword`, `render/cannot-encode` for what the format cannot hold
 */
export function sshdConfigText(settings: SshdSettings, match: readonly SshdMatch[] = []): string {
  const lines = Object.entries(settings).flatMap(([name, value]) => sshdLines(name, value));
  const blocks = match.map((block) =>
    [matchLine(block.criteria), ...matchSettings(block.settings).map((line) => `  ${line}`)].join('\n'),
  );
  return `${[...lines, ...blocks].join('\n')}\n`;
}

/**
 * The lines that give one keyword its value: more than one for a keyword such as `Port` that is repeated.
 * @throws HomelabError `render/unknown-keyword`, `render/cannot-encode`
 */
export function sshdLines(name: string, value: SshdValue): string[] {
  const keyword = sshdKeyword(name) ?? throwUnknown(name, sshdKeywordNames(), 'keyword of sshd_config');
  const words = wordsOf(keyword, value).map((word) => wordText(keyword.name, word));
  if (words.length === 0) throw refuse(keyword.name, 'has no value');
  if (keyword.isRaw) return words.map((word) => `${keyword.name} ${rawText(keyword.name, word)}`);
  const quotedWords = words.map((word) => quoted(keyword.name, word));
  if (keyword.several === 'lines') return quotedWords.map((word) => `${keyword.name} ${word}`);
  return [`${keyword.name} ${quotedWords.join(keyword.several ?? ' ')}`];
}

/** Text for a keyword that takes several values may hold them already, as in the file. */
function wordsOf({ name, several }: SshdKeyword, value: SshdValue): readonly (string | number | boolean)[] {
  if (isList(value)) {
    if (several === undefined) throw refuse(name, 'takes one value, not a list');
    const odd = several === ',' ? value.find((word) => /[\s,"]/.test(String(word))) : undefined;
    if (odd !== undefined)
      throw refuse(name, `separates its values by commas: ${JSON.stringify(odd)} is not one of them`);
    return value;
  }
  if (typeof value !== 'string') return [value];
  if (several === ',') return value.split(',');
  return several === ' ' ? value.split(' ') : [value];
}

function isList(value: SshdValue): value is readonly (string | number)[] {
  return Array.isArray(value);
}

function matchSettings(settings: SshdSettings): string[] {
  const names = Object.keys(settings);
  if (names.length === 0) throw refuse('Match', 'sets nothing');
  const misplaced = names.find((name) => sshdKeyword(name)?.isForMatch === false);
  if (misplaced !== undefined) throw refuse(misplaced, 'cannot be set for some connections only');
  return Object.entries(settings).flatMap(([name, value]) => sshdLines(name, value));
}

function matchLine(criteria: SshdMatch['criteria']): string {
  const parts = Object.entries(criteria).map(([name, value]) => {
    const known = SSHD_CRITERIA.find((one) => one.toLowerCase() === name.toLowerCase());
    if (known === undefined) return throwUnknown(name, SSHD_CRITERIA, 'criterion of Match');
    const words = (isList(value) ? value : [value]).map(String);
    // Before 9.9 sshd takes such a line apart in another way than the rest.
    const odd = words.find((word) => !/^[A-Za-z0-9_@%+:./*?!-]+$/.test(word));
    if (words.length === 0) throw refuse(known, 'has no value');
    if (odd !== undefined) throw refuse(known, `cannot be ${JSON.stringify(odd)} in a Match`);
    return `${known} ${words.join(',')}`;
  });
  if (parts.length === 0) throw refuse('Match', 'has no criteria');
  return `Match ${parts.join(' ')}`;
}

function wordText(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && value >= 0) return String(value);
    throw refuse(name, 'takes whole numbers from 0');
  }
  if (value === '') throw refuse(name, 'has an empty value');
  if (/[\p{Cc}\u2028\u2029\uFFFD]/u.test(value)) throw refuse(name, 'must be one line of text');
  return value;
}

/**
 * One word. Double quotes hold everything but themselves; what a backslash before a quote, a backslash or the end means
 * differs between versions (strdelim until 8.6, argv_split since).
 */
function quoted(name: string, word: string): string {
  if (/^[A-Za-z0-9_@%+:,./*?!^~|-]+$/.test(word)) return word;
  if (/"|\\(?:['\\]|$)/.test(word))
    throw refuse(name, `cannot hold a double quote, nor a backslash there: ${JSON.stringify(word)}`);
  return `"${word}"`;
}

/** The rest of a line: sshd takes off blanks around it, and since 8.7 wants its quotes in pairs. */
function rawText(name: string, text: string): string {
  if (text.trim() !== text) throw refuse(name, 'cannot begin or end with a blank');
  const rest = text.replaceAll(/\\['"\\ ]/g, '').replaceAll(/"[^"]*"|'[^']*'/g, '');
  if (/["']/.test(rest)) throw refuse(name, 'has a quote without its other half');
  return text;
}

function throwUnknown(name: string, known: readonly string[], what: string): never {
  throw new HomelabError({
    code: 'render/unknown-keyword',
    message: `${name} is no ${what}`,
    hint: didYouMean(name, known) ?? 'sshd_config(5) lists them.',
  });
}

function refuse(name: string, why: string): HomelabError {
  return new HomelabError({
    code: 'render/cannot-encode',
    message: `${name} ${why}`,
    hint: 'sshd_config(5) says what a keyword takes.',
  });
}
