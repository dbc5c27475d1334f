import { isIP, SocketAddress } from 'node:net';
import { insertLines, joinLines, splitLines, type Line } from './text-lines.js';

/** A line of hosts(5): an address with its names. */
interface HostsLine {
  /** As {@link canonicalAddress} writes it. */
  readonly address: string;
  readonly names: readonly string[];
  /** What follows the names: spaces and a comment. */
  readonly rest: string;
}

/** Names that an address is to have, or not to have. */
export interface HostsEdit {
  readonly address: string;
  /** In the order they are to have; the first of a new line is the canonical one. Empty with `absent`: all of them. */
  readonly names: readonly string[];
  readonly state: 'present' | 'absent';
  /** Whether they stand before all other names of the address. */
  readonly isFirst: boolean;
}

/** The one spelling of an address: lower case, zeros shortened. Undefined for what is none. */
export function canonicalAddress(text: string): string | undefined {
  const family = isIP(text);
  if (family === 0) return undefined;
  const [address = '', zone] = text.split('%');
  const canonical = new SocketAddress({ address, family: family === 4 ? 'ipv4' : 'ipv6' }).address;
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}

function parseLine({ text }: Line): HostsLine | undefined {
  const [, address = '', names = '', rest = ''] =
    /^\s*([^\s#]+)((?:\s+[^\s#]+)*)(\s*(?:#.*)?)$/.exec(text) ?? [];
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return undefined;
  return { address: canonical, names: names.split(/\s+/).filter((name) => name !== ''), rest };
}

/** DNS names have no case, hosts(5) neither. */
function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function has(names: readonly string[], name: string): boolean {
  return names.some((one) => isSame(one, name));
}

/** What a text says of some names. */
export interface FoundNames {
  /** Addresses of the family of the edit's, by name as the edit spells it, each once, in the order of the text. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** All names of the edit's address, in the order of the text. */
  readonly names: readonly string[];
}

/** Looks the names of an edit up. */
export function findNames(text: string, { address, names }: HostsEdit): FoundNames {
  const family = isIP(address);
  const entries = splitLines(text)
    .lines.flatMap((line) => parseLine(line) ?? [])
    .filter((entry) => isIP(entry.address) === family);
  const own = canonicalAddress(address);
  const addressesOf = (name: string): string[] => [
    ...new Set(entries.filter((entry) => has(entry.names, name)).map((entry) => entry.address)),
  ];
  return {
    addresses: new Map(names.map((name) => [name, addressesOf(name)])),
    names: entries.filter((entry) => entry.address === own).flatMap((entry) => entry.names),
  };
}

/**
 * The text with the edit done. Present: the names are taken from every other address of the family and stand, in their
 * order, on the first line of this one, which keeps its other names and its comment. Absent: they are taken from this
 * address. A line that has no name left goes.
 */
export function editHosts(text: string, edit: HostsEdit): string {
  const { mark, lines } = splitLines(text);
  const own = canonicalAddress(edit.address);
  const target = edit.state === 'absent' ? -1 : lines.findIndex((line) => parseLine(line)?.address === own);
  const changed = lines.flatMap((line, index): readonly Line[] => {
    const entry = parseLine(line);
    if (entry === undefined || isIP(entry.address) !== isIP(edit.address)) return [line];
    if (index === target) return [{ ...line, text: rewritten(line.text, entry, placed(entry.names, edit)) }];
    if (edit.state === 'absent' && entry.address !== own) return [line];
    const isAll = edit.state === 'absent' && edit.names.length === 0;
    const kept = entry.names.filter((name) => !isAll && !has(edit.names, name));
    if (kept.length === entry.names.length) return [line];
    return kept.length === 0 ? [] : [{ ...line, text: rewritten(line.text, entry, kept) }];
  });
  if (edit.state === 'absent' || target !== -1) return joinLines({ mark, lines: changed });
  const added = `${edit.address}\t${edit.names.join(' ')}`;
  return joinLines({ mark, lines: insertLines(changed, changed.length, [added]) });
}

/** The names of a line with the wanted ones in their order: first, or where the first of them stood, else at the end. */
function placed(names: readonly string[], { names: wanted, isFirst }: HostsEdit): string[] {
  const others = names.filter((name) => !has(wanted, name));
  const first = names.findIndex((name) => has(wanted, name));
  const before = isFirst ? 0 : first === -1 ? others.length : first;
  return others.toSpliced(before, 0, ...wanted);
}

/** The line with other names. Its address, the space after it and its comment stay; nothing changes where the names do not. */
function rewritten(text: string, { names: old, rest }: HostsLine, names: readonly string[]): string {
  if (names.length === old.length && names.every((name, index) => name === old[index])) return text;
  const head = /^\s*\S+\s*/.exec(text)?.[0] ?? '';
  return `${/\s$/.test(head) ? head : `${head}\t`}${names.join(' ')}${rest}`;
}
