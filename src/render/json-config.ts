import { Secret } from '../core/secret.js';
import { holdsSecret, withoutMask } from './template-functions.js';

/**
 * A configuration that is read as JSON, indented by two, with a newline at its end. Members that are undefined are left
 * out. A secret where one is in it.
 */
export function jsonConfig(value: Readonly<Record<string, unknown>>): string | Secret {
  if (!holdsSecret(value)) return `${JSON.stringify(value, null, 2)}\n`;
  return new Secret(`${JSON.stringify(withoutMask(value), null, 2)}\n`);
}
