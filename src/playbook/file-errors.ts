import { HomelabError } from '../core/errors.js';
import type { RawItem } from './raw-item.js';

/** The parameter whose value is `name`; undefined where there is none. */
export function parameterWith(name: string, params: unknown): string | undefined {
  return Object.entries(params ?? {}).find(([, value]) => value === name)?.[0];
}

/** What `read` returns. An error without a place gets that of the parameter that names the file, else of the kind. */
export function placedAtParameter<T>(raw: RawItem, key: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof HomelabError) || thrown.source !== undefined || 'errors' in thrown) throw thrown;
    const { code, message, hint, cause } = thrown;
    const source = raw.document.locate([...raw.path, raw.kind, ...(key === undefined ? [] : [key])]);
    throw new HomelabError({ code, message, hint, cause, source });
  }
}
