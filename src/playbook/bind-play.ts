import { HomelabError } from '../core/errors.js';
import type { HostConfig } from '../core/host-config.js';
import { selectHosts } from '../inventory/select-hosts.js';
import type { CompileOptions } from './compile-options.js';
import type { LoadedPlay } from './load-playbooks.js';
import { collect } from './mistakes.js';

/** A play with the chosen hosts that it names. */
export interface BoundPlay extends LoadedPlay {
  /** As the ids of its items begin; unique among the plays. */
  readonly slug: string;
  /** In the inventory's order; none where `hosts` is wrong. */
  readonly hosts: readonly HostConfig[];
  /** What is wrong with `hosts`, each at its place. */
  readonly errors: readonly HomelabError[];
}

/** Chooses those of `chosen.hosts` that `hosts` of the play names. */
export function bindPlay(
  { inventory, hosts, doubts }: Pick<CompileOptions, 'inventory' | 'hosts' | 'doubts'>,
  play: LoadedPlay,
  slug: string,
): BoundPlay {
  const { hosts: written } = play.source;
  const patterns = typeof written === 'string' ? [written] : written;
  const errors: HomelabError[] = [];
  const select = (some: readonly string[], index: readonly number[]): readonly HostConfig[] =>
    collect(errors, () => placed(play, index, () => selectHosts(inventory, some))) ?? [];
  // One by one for the place of each mistake; an exclusion that leaves nothing is none by itself.
  if (typeof written !== 'string')
    for (const [index, pattern] of written.entries()) select(['all', pattern.replace(/^!/, '')], [index]);
  const named = errors.length === 0 ? select(patterns, []) : [];
  const isChosen = new Set(hosts);
  // What a broken file would have named is not missing.
  const certain = errors.filter(({ code }) => doubts?.isComplete !== false || !code.startsWith('inventory/'));
  return { ...play, slug, hosts: named.filter((host) => isChosen.has(host)), errors: certain };
}

function placed<T>({ document, path }: LoadedPlay, index: readonly number[], select: () => T): T {
  try {
    return select();
  } catch (thrown) {
    if (!(thrown instanceof HomelabError)) throw thrown;
    const { code, message, hint } = thrown;
    const source = document.locate([...path, 'hosts', ...index]);
    throw new HomelabError({ code: code.replace(/^usage\//, 'playbook/'), message, hint, source });
  }
}
