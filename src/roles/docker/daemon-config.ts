import type { Secret } from '../../core/secret.js';
import { jsonConfig } from '../../render/json-config.js';
import type { DockerParams } from './docker-params.js';
import { logOptions } from './log-params.js';
import { TYPED_SETTINGS } from './typed-settings.js';

/** What daemon.json holds: the whole of it is the role's. */
export function daemonConfig(wanted: DockerParams): string | Secret {
  return jsonConfig(daemonSettings(wanted));
}

/** The same as a value; what is left out is undefined. */
export function daemonSettings(wanted: DockerParams): Readonly<Record<string, unknown>> {
  const values: Readonly<Record<string, unknown>> = { ...wanted, log_opts: logOptions(wanted) };
  const typed = Object.entries(TYPED_SETTINGS).map(([parameter, key]) => [key, values[parameter]]);
  return { ...(Object.fromEntries(typed) as Record<string, unknown>), ...wanted.extra };
}
