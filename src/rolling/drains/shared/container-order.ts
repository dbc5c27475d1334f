import type { DockerContainer } from './docker-engine.js';

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
/** `db:service_healthy:true,cache:service_started:false`, as Compose 2 writes it. */
const DEPENDS_ON = 'com.docker.compose.depends_on';

/**
 * Containers in the order to start them in: what they depend on comes before, as Compose and shared networks say, else who
 * started first. Reversed, it is the order to stop them in. A circle is cut where it began first.
 */
export function inStartOrder(containers: readonly DockerContainer[]): readonly DockerContainer[] {
  const byStart = containers.toSorted((a, b) => compareTimes(a.State.StartedAt, b.State.StartedAt));
  const ordered = new Set<DockerContainer>();
  const visited = new Set<DockerContainer>();
  const visit = (one: DockerContainer): void => {
    if (visited.has(one)) return;
    visited.add(one);
    for (const other of byStart.filter((candidate) => doesNeed(one, candidate))) visit(other);
    ordered.add(one);
  };
  for (const one of byStart) visit(one);
  return [...ordered];
}

/** RFC 3339 of the same zone, with as many digits of a second as were not zero. */
function compareTimes(a: string, b: string): number {
  const [first, second] = [a, b].map((text) => {
    const [, seconds = '', fraction = ''] = /^([^.Z]*)(?:\.(\d+))?/.exec(text) ?? [];
    return `${seconds}.${fraction.padEnd(9, '0')}`;
  }) as [string, string];
  return first < second ? -1 : first > second ? 1 : 0;
}

function labelOf({ Config: { Labels: labels } }: DockerContainer, name: string): string {
  return labels?.[name] ?? '';
}

function doesNeed(one: DockerContainer, other: DockerContainer): boolean {
  if (one === other) return false;
  const [, network] = /^container:(.+)$/.exec(one.HostConfig.NetworkMode) ?? [];
  if (network !== undefined && (network === other.Id || `/${network}` === other.Name)) return true;
  const project = labelOf(one, PROJECT);
  if (project === '' || labelOf(other, PROJECT) !== project) return false;
  const service = labelOf(other, SERVICE);
  return labelOf(one, DEPENDS_ON)
    .split(',')
    .some((entry) => entry.split(':')[0] === service && service !== '');
}
