import { insertLines, joinLines, splitLines, type Line } from './text-lines.js';

/** One entry of a crontab(5), with the variables right above it. */
export interface CronEntry {
  /** Five fields with single spaces, or `@daily` and the like. */
  readonly schedule: string;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a crontab has under a marker. */
export interface FoundEntry {
  /** Undefined: the marker is there, its entry is not. */
  readonly entry: Omit<CronEntry, 'env'> | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** How often the marker is there. */
  readonly count: number;
}

/** From the marker's index up to but without `to`. */
interface Place {
  readonly from: number;
  readonly to: number;
}

const VARIABLE = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/;
const ENTRY = /^\s*(@\S+|[^\s#]\S*(?:\s+\S+){4})\s+(\S.*?)\s*$/;

function marker(name: string): string {
  return `#homelab: ${name}`;
}

/** The lines that belong to a marker: itself, variables, and one entry. */
function placesOf(lines: readonly Line[], name: string): Place[] {
  return lines.flatMap((line, from) => {
    if (line.text.trimEnd() !== marker(name)) return [];
    let to = from + 1;
    while (VARIABLE.test(lines[to]?.text ?? '')) to += 1;
    return [{ from, to: ENTRY.test(lines[to]?.text ?? '') ? to + 1 : to }];
  });
}

/** A value between quotes is what is between them; without them it has no spaces around it. */
function unquoted(value: string): string {
  const [, , inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
  return inner ?? value;
}

/** How crontab(5) writes a value; undefined where it cannot: there is no escape for a quote. */
export function quotedVariable(value: string): string | undefined {
  if (value !== '' && value.trim() === value && !/^["']/.test(value)) return value;
  const mark = ['"', "'"].find((one) => !value.includes(one));
  return mark === undefined ? undefined : mark + value + mark;
}

/** The entry under the marker `name`, the first one where there are several; undefined where there is none. */
export function findEntry(text: string, name: string): FoundEntry | undefined {
  const { lines } = splitLines(text);
  const places = placesOf(lines, name);
  const [place] = places;
  if (place === undefined) return undefined;
  const owned = lines.slice(place.from + 1, place.to).map((line) => line.text);
  const env = owned.flatMap((line) => {
    const [, variable, value] = VARIABLE.exec(line) ?? [];
    return variable === undefined ? [] : [[variable, unquoted(value ?? '')] as const];
  });
  const [, schedule, command] = (env.length < owned.length ? ENTRY.exec(owned.at(-1) ?? '') : null) ?? [];
  return {
    entry:
      schedule === undefined || command === undefined
        ? undefined
        : { schedule: schedule.replaceAll(/\s+/g, ' '), command },
    env: Object.fromEntries(env),
    count: places.length,
  };
}

/**
 * The crontab with this entry under the marker `name`, once; undefined: with none. It stays where it was. A variable
 * holds for every entry below it, so entries with variables go to the end and others above them.
 */
export function editCrontab(text: string, name: string, wanted: CronEntry | undefined): string {
  const { mark, lines } = splitLines(text);
  const places = placesOf(lines, name);
  const rest = lines.filter((_, index) => !places.some(({ from, to }) => index >= from && index < to));
  if (wanted === undefined) return joinLines({ mark, lines: rest });
  const [old] = places;
  const hasVariables = Object.keys(wanted.env).length > 0;
  const hadVariables = old !== undefined && VARIABLE.test(lines[old.from + 1]?.text ?? '');
  const stays = old !== undefined && hasVariables === hadVariables;
  const at = stays ? old.from : newPlace(rest, hasVariables);
  return joinLines({ mark, lines: insertLines(rest, at, entryLines(name, wanted)) });
}

function newPlace(lines: readonly Line[], hasVariables: boolean): number {
  if (hasVariables) return lines.length;
  const at = lines.findIndex(
    (line, index) => line.text.startsWith(marker('')) && VARIABLE.test(lines[index + 1]?.text ?? ''),
  );
  return at === -1 ? lines.length : at;
}

function entryLines(name: string, { schedule, command, env }: CronEntry): string[] {
  const variables = Object.entries(env).map(
    ([variable, value]) => `${variable}=${quotedVariable(value) ?? value}`,
  );
  return [marker(name), ...variables, `${schedule} ${command}`];
}
