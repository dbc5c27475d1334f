import type { PendingUpgrade } from './upgrade-system.js';

interface Row {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly fetchBytes: number;
  readonly bytes: number;
}

/** Headings of the table of `dnf --assumeno upgrade`, of dnf 4 and dnf 5, and what stands below each. */
const HEADINGS: readonly (readonly [RegExp, 'added' | 'removed' | 'held' | 'other'])[] = [
  [/^Installing(?: (?:weak )?dependencies)?:$/, 'added'],
  [/^Installing:$/, 'added'],
  [/^Removing(?: (?:dependent packages|unused dependencies))?:$/, 'removed'],
  [/^Skipping packages with (?:conflicts|broken dependencies).*:$/, 'held'],
  [/^(?:Upgrading|Reinstalling|Downgrading|Transaction Summary|Obsoleting).*:?$/, 'other'],
];

/**
 * What lines `up:`, `sec:`, `old:` (`NAME ARCH EVR FETCHED INSTALLED` between tabs) and `say:` (the table) tell. Kernels are
 * installed beside the old ones: of the installed versions of a name the newest in the answer, which is the last, counts.
 */
export function parseDnf(text: string): Omit<PendingUpgrade, 'bringsKernel'> {
  const lines = text.split('\n');
  const rowsOf = (prefix: string): Row[] =>
    lines.filter((line) => line.startsWith(prefix)).flatMap((line) => parseRow(line.slice(prefix.length)));
  const [coming, installed] = [rowsOf('up:'), rowsOf('old:')];
  const secure = new Set(rowsOf('sec:').map(keyOf));
  const old = new Map(installed.map((row) => [keyOf(row), row]));
  const packages = coming
    .map((row) => ({
      name: isOfMany(row, installed) ? keyOf(row) : row.name,
      from: old.get(keyOf(row))?.version ?? '',
      to: row.version,
      isSecurity: secure.has(keyOf(row)),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const fetchBytes = sum(coming.map((row) => row.fetchBytes));
  const growth =
    sum(coming.map((row) => row.bytes)) - sum(coming.map((row) => old.get(keyOf(row))?.bytes ?? 0));
  const table = parseTable(lines.filter((line) => line.startsWith('say:')).map((line) => line.slice(4)));
  const names = new Set(coming.map(({ name }) => name));
  return {
    packages,
    added: table.added.filter((name) => !names.has(name)),
    removed: table.removed,
    held: table.held,
    fetchBytes,
    needsBytes: fetchBytes + Math.max(0, growth),
  };
}

function keyOf({ name, arch }: Row): string {
  return `${name}.${arch}`;
}

function isOfMany({ name }: Row, rows: readonly Row[]): boolean {
  return new Set(rows.filter((row) => row.name === name).map((row) => row.arch)).size > 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** An epoch of 0 is not written. */
function parseRow(line: string): Row[] {
  const [name = '', arch = '', version = '', fetched = '', bytes = ''] = line.split('\t');
  if (!isName(name) || !/^\w+$/.test(arch) || !/^[\w.+~^:-]+$/.test(version)) return [];
  return [
    {
      name,
      arch,
      version: version.replace(/^0:/, ''),
      fetchBytes: numberIn(fetched),
      bytes: numberIn(bytes),
    },
  ];
}

function numberIn(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Rows are indented by one blank in both; what dnf 5 says of a row (`replacing …`) by more. */
function parseTable(lines: readonly string[]): Record<'added' | 'removed' | 'held', string[]> {
  const found = { added: new Set<string>(), removed: new Set<string>(), held: new Set<string>() };
  let of: 'added' | 'removed' | 'held' | 'other' = 'other';
  for (const line of lines) {
    of = HEADINGS.find(([heading]) => heading.test(line))?.[1] ?? of;
    const name = /^ ([^\s:]+)\s+(?:noarch|\w+)\s+\S/.exec(line)?.[1];
    if (of !== 'other' && name !== undefined && isName(name)) found[of].add(name);
  }
  return { added: sorted(found.added), removed: sorted(found.removed), held: sorted(found.held) };
}

function sorted(names: ReadonlySet<string>): string[] {
  return [...names].toSorted();
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,200}$/.test(text);
}
