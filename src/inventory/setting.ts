import type { SourcePosition } from '../core/errors.js';
import type { Variable } from '../core/host-config.js';
import type { Draft, Piece } from './draft.js';
import type { HostSource } from './schema.js';

type SettingName = Exclude<keyof HostSource, 'vars'>;

/** A setting of a host: its own, else the default of the inventory; undefined where neither says anything. */
export function settingOf(draft: Draft, host: string, key: SettingName): Variable | undefined {
  const piece = draft.hosts.get(host);
  const own = piece?.value[key];
  if (piece !== undefined && own !== undefined)
    return {
      value: AS_WRITTEN.has(key) ? writtenAt(piece, key) : own,
      origin: `host ${host}`,
      source: piece.document.locateKey([...piece.path, key]),
    };
  const common = draft.defaults.get(key);
  return common === undefined
    ? undefined
    : { value: common.value, origin: 'defaults', source: common.source };
}

/** A key of a piece as it is written, before any schema made something of it. */
export function writtenAt(
  { document, path }: Pick<Piece<unknown>, 'document' | 'path'>,
  key: string,
): unknown {
  return valueAt(document.value, [...path, key]);
}

function valueAt(whole: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((value, part) => (value as Record<string | number, unknown>)[part], whole);
}

/** Settings that a person is shown as they are written: what they mean is data of another shape. */
const AS_WRITTEN: ReadonlySet<SettingName> = new Set(['health', 'drain', 'window', 'snapshot', 'backup']);

/** Where a setting of a host is written: its value, or the item `index` of its list. */
export function settingPlace(
  draft: Draft,
  host: string,
  key: SettingName,
  index = 0,
): SourcePosition | undefined {
  const piece = draft.hosts.get(host);
  if (piece?.value[key] !== undefined) return valuePlace(piece, [...piece.path, key], index);
  const common = draft.defaults.get(key);
  return common === undefined ? piece?.source : valuePlace(common, ['defaults', key], index);
}

/** Where the value at a path is written, or its item `index` where it is a list. */
export function valuePlace(
  { document }: Pick<Piece<unknown>, 'document'>,
  path: readonly (string | number)[],
  index: number,
): SourcePosition {
  const written = valueAt(document.value, path);
  return document.locate(Array.isArray(written) ? [...path, index] : path);
}
