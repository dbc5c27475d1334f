import { carriersOf, type Needs } from './needs.js';

/**
 * What is done after everything of the phase before. `late`: jump hosts and what carries them; `last`: what homelab itself
 * needs. Those of both are alone in their waves.
 */
export const PHASES = ['ordinary', 'late', 'last'] as const;
export type Phase = (typeof PHASES)[number];

/** The phase of each of these hosts. A way to what is done last is still needed then, and so is done after it. */
export function phasesOf(needs: Needs, hosts: readonly string[]): ReadonlyMap<string, Phase> {
  const { controller } = needs.topology;
  const late = new Set<string>();
  for (const jump of needs.behind.keys())
    for (const name of [jump, ...carriersOf(needs, jump)]) late.add(name);
  const last = withWays(
    needs,
    hosts.filter((host) => controller.has(host)),
  );
  const phaseOf = (host: string) => (last.has(host) ? 'last' : late.has(host) ? 'late' : 'ordinary');
  return new Map(hosts.map((host) => [host, phaseOf(host)]));
}

/** Hosts with all that they are reached through, and what carries any of them. */
function withWays(needs: Needs, hosts: readonly string[]): ReadonlySet<string> {
  const whole = new Set(hosts);
  // The set grows while it is walked.
  for (const host of whole)
    for (const name of [...(needs.topology.hosts.get(host)?.via ?? []), ...carriersOf(needs, host)])
      whole.add(name);
  return whole;
}
