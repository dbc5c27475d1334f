import { HomelabError } from '../core/errors.js';
import type { HostConfig, Inventory } from '../core/host-config.js';
import { didYouMean } from '../core/nearest.js';

/**
 * The hosts that patterns choose, in the inventory's order. A pattern is a name, a group, a glob of host names (`*`,
 * `?`, `[a-c]`, `[!a]`), `all`, or one of these behind `!`, which excludes; commas separate patterns. Where none
 * includes, all hosts are; exclusions win wherever they stand.
 * @throws HomelabError `inventory/unknown-host` for a pattern that matches nothing, `inventory/no-hosts` when nothing
 *   is left, `usage/pattern` for an empty one or a broken glob
 */
export function selectHosts(inventory: Inventory, patterns: readonly string[]): readonly HostConfig[] {
  const wanted = patterns.flatMap((pattern) => pattern.split(',')).map((pattern) => pattern.trim());
  const excluded = wanted.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const included = wanted.filter((pattern) => !pattern.startsWith('!'));
  const chosen = union(inventory, included.length === 0 ? ['all'] : included);
  const left = union(inventory, excluded);
  const hosts = [...inventory.hosts.values()].filter(({ name }) => chosen.has(name) && !left.has(name));
  if (hosts.length > 0) return hosts;
  throw new HomelabError({
    code: 'inventory/no-hosts',
    message:
      inventory.hosts.size === 0 ? 'the inventory has no hosts' : `no host is left of "${wanted.join(', ')}"`,
    hint:
      inventory.hosts.size === 0
        ? 'Add one under `hosts` of inventory/hosts.yml.'
        : '`homelab inventory list` shows the hosts and their groups.',
  });
}

function union(inventory: Inventory, patterns: readonly string[]): ReadonlySet<string> {
  return new Set(patterns.flatMap((pattern) => matching(inventory, pattern)));
}

function matching(inventory: Inventory, pattern: string): readonly string[] {
  if (pattern === '') throw patternError(pattern, 'it is empty');
  if (pattern === 'all') return [...inventory.hosts.keys()];
  if (inventory.hosts.has(pattern)) return [pattern];
  const group = inventory.groups.get(pattern);
  if (group !== undefined) return group.hosts;
  const glob = /[*?[]/.test(pattern) ? toRegExp(pattern) : undefined;
  const matches = [...inventory.hosts.keys()].filter((name) => glob?.test(name) ?? false);
  if (matches.length > 0) return matches;
  const known = [...inventory.hosts.keys(), ...inventory.groups.keys(), 'all'];
  throw new HomelabError({
    code: 'inventory/unknown-host',
    message: `"${pattern.slice(0, 80)}" matches no host and no group`,
    hint: didYouMean(pattern, known) ?? '`homelab inventory list` shows the hosts and their groups.',
  });
}

/** A glob as a regular expression for a whole name. */
function toRegExp(glob: string): RegExp {
  // Stars side by side mean one; left as they are, a long row of them would never finish.
  const parts = glob.replaceAll(/\*+/g, '*').match(/\[!?[^\]]+\]|[^]/g) ?? [];
  const source = parts.map((part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part === '[') throw patternError(glob, 'a [ has no ] behind it');
    if (!part.startsWith('[') || part.length === 1) return escape(part);
    const isNegated = part[1] === '!';
    const set = part.slice(isNegated ? 2 : 1, -1).replaceAll(/[\\^[]/g, '\\$&');
    return `[${isNegated ? '^' : ''}${set}]`;
  });
  try {
    return new RegExp(`^${source.join('')}$`, 's');
  } catch (cause) {
    throw patternError(glob, 'a range in [ ] runs backwards', cause);
  }
}

function escape(character: string): string {
  return character.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function patternError(pattern: string, reason: string, cause?: unknown): HomelabError {
  return new HomelabError({
    code: 'usage/pattern',
    message: `the host pattern "${pattern.slice(0, 80)}" cannot be used: ${reason}`,
    hint: 'Write a name, a group, a glob such as web-*, all, or one of these behind !.',
    cause,
  });
}
