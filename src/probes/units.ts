import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

const PROPERTIES = [
  'Id',
  'Names',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'FragmentPath',
  'NeedDaemonReload',
] as const;

/** A unit as systemd sees it, org.freedesktop.systemd1(5). */
export interface UnitEntry {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`, … */
  readonly loadState: string;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly activeState: string;
  readonly subState: string;
  /** `enabled`, `disabled`, `static`, `masked`, `generated`, …; empty where there is no unit file. */
  readonly unitFileState: string;
  /** The unit file; empty where there is none. */
  readonly fragmentPath: string;
  /** Whether the unit file is newer than what systemd has read of it. */
  readonly isReloadNeeded: boolean;
}

/**
 * The unit of a full name (`ssh.service`); null where systemd did not answer for it. A unit that does not exist has the
 * load state `not-found`. One `systemctl show` for all.
 */
export const units: Reader<UnitEntry | null> = {
  name: 'units',
  script: (keys) =>
    `systemctl show --no-pager --property=${PROPERTIES.join(',')} -- ${quoteAll(keys)} 2>/dev/null; true`,
  parse: ({ stdout }, keys) => {
    const blocks = stdout.split(/\n\n+/).map(parseBlock);
    return keys.map((key) => {
      const block = blocks.find(
        (one) => one.get('Id') === key || one.get('Names')?.split(' ').includes(key) === true,
      );
      return block === undefined ? null : toEntry(block);
    });
  },
};

function parseBlock(text: string): Map<string, string> {
  const block = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !block.has(line.slice(0, at))) block.set(line.slice(0, at), line.slice(at + 1));
  }
  return block;
}

function toEntry(block: ReadonlyMap<string, string>): UnitEntry {
  const text = (property: (typeof PROPERTIES)[number]): string => block.get(property) ?? '';
  return {
    loadState: text('LoadState'),
    activeState: text('ActiveState'),
    subState: text('SubState'),
    unitFileState: text('UnitFileState'),
    fragmentPath: text('FragmentPath'),
    isReloadNeeded: text('NeedDaemonReload') === 'yes',
  };
}
