import { quote } from '../../core/quote.js';
import { markLine, readMark, type ScheduleMark } from './schedule-mark.js';

export interface CronEntry {
  readonly name: string;
  /** Five fields. */
  readonly fields: string;
  readonly mark: ScheduleMark;
  /** The script that it runs, absolute. */
  readonly script: string;
}

const beginning = (name: string): string => `# BEGIN ${name}`;
const end = (name: string): string => `# END ${name}`;

/** What stands in a crontab under a name: the lines of our own, or that somebody else's stand there. */
export type FoundPart = { readonly text: string; readonly mark: ScheduleMark } | 'foreign' | undefined;

/** The part of a crontab that is an entry of ours; ends with a newline. */
export function crontabPart({ name, fields, mark, script }: CronEntry): string {
  const lines = [beginning(name), markLine(mark), `${fields} /bin/sh ${cronWord(script)}`, end(name)];
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * One word of a command in a crontab that comes to exactly `word`: cron makes a percent sign a newline unless a backslash
 * is before it, which it takes away (crontab(5)); that of busybox leaves it for the shell to take away.
 */
export function cronWord(word: string): string {
  return word
    .split('%')
    .map((part) => (part === '' ? '' : quote(part)))
    .join(String.raw`\%`);
}

export function findPart(crontab: string, name: string): FoundPart {
  const range = rangeOf(crontab, name);
  if (range === undefined) return crontab.includes(`${beginning(name)}\n`) ? 'foreign' : undefined;
  const text = crontab.slice(range.from, range.to);
  const mark = readMark(text);
  return mark === undefined ? 'foreign' : { text, mark };
}

/** The crontab with `part` where the entry of that name stood, or at its end; every other byte is as it was. */
export function withPart(crontab: string, name: string, part: string): string {
  const range = rangeOf(crontab, name);
  if (range !== undefined) return crontab.slice(0, range.from) + part + crontab.slice(range.to);
  return crontab === '' || crontab.endsWith('\n') ? crontab + part : `${crontab}\n${part}`;
}

function rangeOf(crontab: string, name: string): { from: number; to: number } | undefined {
  const from = `\n${crontab}`.indexOf(`\n${beginning(name)}\n`);
  const last = `${end(name)}\n`;
  const at = from === -1 ? -1 : crontab.indexOf(`\n${last}`, from);
  return at === -1 ? undefined : { from, to: at + 1 + last.length };
}
