import { readFileSync } from 'node:fs';
import { HomelabError } from '../../core/errors.js';
import { readMark } from './schedule-mark.js';

/**
 * The text of a file that a schedule wrote; undefined where there is none.
 * @throws HomelabError `schedule/foreign-file` where somebody else wrote it, or it cannot be read
 */
export function ownText(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw foreign(path, cause);
  }
  if (readMark(text) === undefined) throw foreign(path);
  return text;
}

function foreign(path: string, cause?: unknown): HomelabError {
  return new HomelabError({
    code: 'schedule/foreign-file',
    message: `${path} was not written by homelab: it is left as it is`,
    hint: 'Look at it, move it away where nobody needs it, and run this again.',
    cause,
  });
}
