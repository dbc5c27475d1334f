import { HomelabError } from '../core/errors.js';

/** What one folder is exported to one client as. */
export interface NfsClient {
  /** Address, network, host name (`*` and `?` stand for others), `@netgroup`, or `*` for everybody. */
  readonly to: string;
  /** Options of exports(5), e.g. `rw`, `anonuid=1000`. Never empty: then exportfs would warn, and guess. */
  readonly options: readonly string[];
}

/** A folder and who may mount it. */
export interface NfsExport {
  readonly path: string;
  readonly clients: readonly NfsClient[];
}

/** nfs-utils hold a path, a client and its options in 1024 and 512 bytes with the NUL at their end (xgettok, getexport). */
const MOST_PATH_BYTES = 1023;
const MOST_CLIENT_BYTES = 511;

/**
 * Text of exports(5): a line for each folder, that no reader takes for anything else. No blank can come between a client
 * and its options, which would open the folder to everybody.
 * @throws HomelabError `render/cannot-encode` for what the format cannot hold
 */
export function nfsExportsText(exports: readonly NfsExport[]): string {
  return exports.map((one) => `${exportLine(one)}\n`).join('');
}

function exportLine({ path, clients }: NfsExport): string {
  if (clients.length === 0) throw refuse(path, 'is exported to nobody: exportfs takes that for everybody');
  return [pathWord(path), ...clients.map(clientWord)].join(' ');
}

/** Blanks, quotes, backslashes and `#` as octal numbers, which nfs-utils undo. */
function pathWord(path: string): string {
  if (!path.startsWith('/')) throw refuse(path, 'is no absolute path');
  if (/[\p{Cc}\u2028\u2029\uFFFD]/u.test(path)) throw refuse(path, 'holds a control character');
  const word = path.replaceAll(/[\s"\\#]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  );
  if (Buffer.byteLength(word) > MOST_PATH_BYTES)
    throw refuse(path, `is longer than ${MOST_PATH_BYTES} bytes`);
  return word;
}

function clientWord({ to, options }: NfsClient): string {
  // A dash at the start would be defaults for all that follow, exports(5).
  if (!/^[A-Za-z0-9_*?@:[][A-Za-z0-9_*?.:/[\]@-]*$/.test(to)) throw refuse(to, 'is no name of a client');
  if (options.length === 0) throw refuse(to, 'has no options');
  const odd = options.find((option) => !/^[a-z][a-z0-9_]*(?:=[A-Za-z0-9._:/@+-]+)?$/.test(option));
  if (odd !== undefined) throw refuse(odd, 'is no option of exports(5)');
  const word = `${to}(${options.join(',')})`;
  if (word.length > MOST_CLIENT_BYTES)
    throw refuse(to, `has more than ${MOST_CLIENT_BYTES} bytes of options`);
  return word;
}

function refuse(what: string, why: string): HomelabError {
  return new HomelabError({
    code: 'render/cannot-encode',
    message: `${JSON.stringify(what)} ${why}`,
    hint: 'See exports(5) for what an export can be.',
  });
}
