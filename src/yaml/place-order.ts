import type { HomelabError } from '../core/errors.js';

/** Orders errors by file, line and column; those without a place come first. For `toSorted`. */
export function byPlace(a: HomelabError, b: HomelabError): number {
  if (a.source === undefined || b.source === undefined)
    return Number(a.source !== undefined) - Number(b.source !== undefined);
  const byFile = a.source.file < b.source.file ? -1 : Number(a.source.file > b.source.file);
  return byFile || a.source.line - b.source.line || a.source.column - b.source.column;
}
