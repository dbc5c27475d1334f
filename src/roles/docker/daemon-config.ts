import type { Secret } from '../../core/secret.js';
import { jsonConfig } from '../../render/json-config.js';
import type { DockerParams } from './docker-params.js';
import { logOptions } from './log-params.js';
import { TYPED_SETTINGS } from './typed-settings.js';

/** What daemon.json holds: the whole of it is the role's. */
export function daemonConfig(wanted: DockerParams): string | Secret {
  const values: Readonly<Record<string, unknown>> = { ...wanted, log_opts: logOptions(wanted) };
  const typed = Object.entries(TYPED_SETTINGS).map(([parameter, key]) => [key, values[parameter]]);
  return jsonConfig({ ...Object.fromEntries(typed), ...wanted.extra });
}
