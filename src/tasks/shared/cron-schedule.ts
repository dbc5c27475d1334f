import * as z from 'zod';

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names for numbers, the first one for `from`. */
  readonly names?: readonly string[];
}

/** crontab(5). */
const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  {
    name: 'month',
    from: 1,
    to: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of the week', from: 0, to: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

const NICKNAMES = [
  '@reboot',
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
];

/** Why `text` is no schedule; undefined where it is one. */
function problemOf(text: string): string | undefined {
  if (text.startsWith('@'))
    return NICKNAMES.includes(text) ? undefined : `must be one of ${NICKNAMES.join(', ')}, or five fields`;
  const parts = text.split(' ');
  if (parts.length !== FIELDS.length)
    return 'must have five fields: minute, hour, day of the month, month, day of the week';
  for (const [index, field] of FIELDS.entries()) {
    for (const item of (parts[index] ?? '').split(',')) {
      const problem = itemProblem(item, field);
      if (problem !== undefined) return `${field.name}: ${problem}`;
    }
  }
  return undefined;
}

/** One part of a list: `*`, a number or a name, a range; with a step where it is more than one number. */
function itemProblem(item: string, field: Field): string | undefined {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0) return `${item} has two steps`;
  if (step !== undefined && !/^[1-9]\d{0,3}$/.test(step)) return `${item} has no step after the slash`;
  if (range === '*') return undefined;
  const ends = range.split('-');
  const values = ends.map((end) => valueOf(end, field));
  const [first, last] = values;
  if (ends.length > 2 || values.includes(undefined) || first === undefined)
    return `${item} is not within ${field.from} to ${field.to}${field.names === undefined ? '' : ' nor a name'}`;
  if (last !== undefined && last < first) return `${item} ends before it begins`;
  if (step !== undefined && last === undefined)
    return `${item} needs a range before the slash, e.g. ${range}-${field.to}/${step}`;
  return undefined;
}

function valueOf(text: string, { from, to, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named !== -1) return from + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= from && value <= to ? value : undefined;
}

/** When a job runs, as crontab(5) writes it, with single spaces. */
export const scheduleSchema = z
  .string()
  .transform((text) => text.trim().replaceAll(/[ \t]+/g, ' '))
  .superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
