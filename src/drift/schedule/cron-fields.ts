/** A field of crontab(5): its name, its bounds, and names that stand for numbers. */
interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly words?: readonly string[];
}

/** When five fields come true: what each allows, and whether it was left open (`*`). */
export interface CronTimes {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** Sunday is 0. */
  readonly weekdays: ReadonlySet<number>;
  /** A day has to be in both lists; else, both being given, in one of them (crontab(5)). */
  readonly areDaysOpen: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, words: MONTHS },
  { name: 'weekday', from: 0, to: 7, words: WEEKDAYS },
];

/** Whether a person meant the five fields of crontab(5); systemd's calendar has none of this shape. */
export function looksLikeCron(text: string): boolean {
  return /^[\d*/,-]+(?:\s+[\d*/,-]+){2}(?:\s+[\w*/,-]+){2}$/.test(text);
}

/** What is wrong with five fields; undefined: nothing. */
export function cronProblem(text: string): string | undefined {
  const written = text.split(/\s+/);
  if (written.length !== FIELDS.length) return `there are ${written.length} fields and not five`;
  return FIELDS.map((field, index) =>
    valuesOf(field, written[index] ?? '') === undefined
      ? `${written[index]} is no ${field.name} (${field.from} to ${field.to})`
      : undefined,
  ).find((problem) => problem !== undefined);
}

/** Undefined where {@link cronProblem} has something to say. */
export function parseCron(text: string): CronTimes | undefined {
  if (cronProblem(text) !== undefined) return undefined;
  const written = text.split(/\s+/);
  const [minutes, hours, days, months, weekdays] = FIELDS.map(
    (field, index) => new Set(valuesOf(field, written[index] ?? '')),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  if (weekdays.delete(7)) weekdays.add(0);
  const areDaysOpen = written[2]?.startsWith('*') === true || written[4]?.startsWith('*') === true;
  return { minutes, hours, days, months, weekdays, areDaysOpen };
}

function valuesOf(field: Field, written: string): number[] | undefined {
  const parts = written.split(',').map((part) => partValues(field, part));
  return parts.includes(undefined) ? undefined : parts.flatMap((values) => values ?? []);
}

/** `*`, `5`, `1-5`, and ranges with a step, `1-5/2`. */
function partValues(field: Field, part: string): number[] | undefined {
  const [, range = '', step] = /^(\*|[a-z\d]+(?:-[a-z\d]+)?)(?:\/(\d{1,2}))?$/i.exec(part) ?? [];
  const isRange = range === '*' || range.includes('-');
  const by = Number(step ?? 1);
  if (range === '' || (step !== undefined && !isRange) || by < 1) return undefined;
  const ends = range === '*' ? [field.from, field.to] : range.split('-').map((end) => valueOf(field, end));
  const [from, to = from] = ends;
  if (from === undefined || to === undefined || ends.includes(undefined) || from > to) return undefined;
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function valueOf({ from, to, words }: Field, text: string): number | undefined {
  const word = words?.indexOf(text.toLowerCase()) ?? -1;
  const value = word === -1 ? numberOf(text) : word + from;
  return value >= from && value <= to ? value : undefined;
}

const numberOf = (text: string): number => (/^\d{1,2}$/.test(text) ? Number(text) : Number.NaN);
