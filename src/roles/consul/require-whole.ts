import { HomelabError } from '../../core/errors.js';
import { consulApi, type ConsulApi } from './consul-api.js';
import type { ConsulParams } from './consul-params.js';

function gap(code: string, message: string, hint: string): HomelabError {
  return new HomelabError({ code: `role/${code}`, message, hint });
}

/**
 * Where the agent is asked, once it is sure that nothing is missing.
 * @throws HomelabError `role/no-certificate`, `role/no-tls`, `role/no-api`
 */
export function requireWhole(wanted: ConsulParams, isServer: boolean): ConsulApi {
  const { tls, https_port: https } = wanted;
  if (tls !== undefined && (tls.cert === undefined) !== (tls.key === undefined))
    throw gap('no-certificate', '`cert` and `key` go together', 'Give both of them, or none.');
  const isBare = tls !== undefined && tls.cert === undefined;
  if (isBare && (isServer || !tls.auto_encrypt))
    throw gap(
      'no-certificate',
      `a ${isServer ? 'server' : 'client'} with \`tls\` needs a certificate of its own`,
      'Give it `cert` and `key`; clients do without where `auto_encrypt` is on.',
    );
  if (https !== false && (tls === undefined || isBare))
    throw gap('no-tls', 'HTTPS needs a certificate', 'Give `tls` with `cert` and `key`.');
  const api = consulApi(wanted);
  if (api !== null) return api;
  throw gap('no-api', 'without HTTP and HTTPS nobody can ask the agent', 'Give `http_port` or `https_port`.');
}
