import type { CheckParams, ServiceParams } from './service-schema.js';
import { serviceId } from './service-schema.js';

/** Whether the agent has to run a program for it. */
export function hasScript({ checks }: ServiceParams): boolean {
  return checks.some(({ args }) => args !== undefined);
}

/** A file of the agent that defines these services, https://developer.hashicorp.com/consul/docs/reference/service */
export function serviceConfig(services: readonly ServiceParams[]): Readonly<Record<string, unknown>> {
  return { services: services.map(definition) };
}

function definition(service: ServiceParams): Readonly<Record<string, unknown>> {
  const { name, port, address, tags, meta, token, checks } = service;
  return {
    id: serviceId(service),
    name,
    port,
    address,
    tags: tags.length === 0 ? undefined : tags,
    meta,
    token,
    checks: checks.length === 0 ? undefined : checks.map((check, index) => checkOf(service, check, index)),
  };
}

/** An id of its own, so that a check stays the same one when others come and go before it is read again. */
function checkOf(
  service: ServiceParams,
  check: CheckParams,
  index: number,
): Readonly<Record<string, unknown>> {
  const { name, http, method, headers, insecure, tcp, args, interval, timeout } = check;
  return {
    id: `${serviceId(service)}-${index + 1}`,
    name:
      name ?? `${serviceId(service)} ${http === undefined ? (tcp === undefined ? 'script' : 'tcp') : 'http'}`,
    http,
    method,
    header: headers,
    tls_skip_verify: insecure ? true : undefined,
    tcp,
    args,
    interval: `${interval}s`,
    timeout: `${timeout}s`,
    deregister_critical_service_after:
      check.deregister_after === undefined ? undefined : `${check.deregister_after}s`,
  };
}
