/** A host, and what it cannot be reached without: its jump hosts, the machine it runs on. */
export interface StagedHost {
  readonly name: string;
  readonly needs: readonly string[];
}

/** Hosts that are done together, once those of the stages before are. */
export interface Stage {
  readonly hosts: readonly string[];
  /** Where it fails, nothing after it is begun. */
  readonly isCanary: boolean;
}

/**
 * The order in which a change that may lock us out is made: one host first, to see; then all that nobody else needs; then
 * each host that others are reached through by itself, the farthest first.
 */
export function stagesOf(
  hosts: readonly StagedHost[],
  isNeeded: (host: string) => boolean,
): readonly Stage[] {
  const leaves = hosts.filter(({ name }) => !isNeeded(name));
  const needed = hosts
    .filter(({ name }) => isNeeded(name))
    .toSorted((one, other) => other.needs.length - one.needs.length);
  const [canary, ...rest] = leaves;
  const stages = [
    ...(canary === undefined ? [] : [[canary]]),
    ...(rest.length === 0 ? [] : [rest]),
    ...needed.map((host) => [host]),
  ];
  return stages.map((stage, index) => ({ hosts: stage.map(({ name }) => name), isCanary: index === 0 }));
}
