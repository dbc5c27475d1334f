import { HomelabError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import type { Topology } from '../../core/topology.js';
import { CONTROLLER } from './findings.js';

/** All that can be accepted to go down: hosts, groups, services `HOST/CHECK` and `GROUP/CHECK`, and `controller`. */
function namesOf({ hosts, groups, otherGroups }: Topology): ReadonlySet<string> {
  const checksOf = (name: string): readonly string[] =>
    (hosts.get(name)?.health ?? []).map((check) => check.name);
  return new Set([
    CONTROLLER,
    ...hosts.keys(),
    ...[...hosts.keys()].flatMap((name) => checksOf(name).map((check) => `${name}/${check}`)),
    ...[...groups, ...otherGroups].flatMap(({ name, hosts: members, health }) => {
      const checks = [...health.map((check) => check.name), ...members.flatMap(checksOf)];
      return [name, ...checks.map((check) => `${name}/${check}`)];
    }),
  ]);
}

/** Proves that whatever is accepted is there: a slip would accept nothing. @throws HomelabError `usage/unknown-outage` */
export function requireKnownNames(accepted: readonly string[], topology: Topology): void {
  const known = namesOf(topology);
  const unknown = accepted.find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new HomelabError({
    code: 'usage/unknown-outage',
    message: `nothing that could go down is called "${unknown.slice(0, 100)}"`,
    hint:
      didYouMean(unknown, known) ??
      'Name a group, a host, a service as HOST/CHECK or GROUP/CHECK, or `controller`: --plan shows them.',
  });
}
