import { HomelabError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { findCircles } from './circles.js';
import { givenTwice, type Draft } from './draft.js';
import { normalAddress } from './host-values.js';
import type { Problems } from './problems.js';
import { portsOf } from './ports.js';
import { settingOf, settingPlace, valuePlace } from './setting.js';

type ReferenceKey = 'groups' | 'via' | 'runs_on' | 'depends_on';

/**
 * Checks everything in which one host names another, or a group. Circles of jump hosts are the chains' business; a group of
 * which any one host is enough goes round with nobody.
 */
export function checkReferences(draft: Draft, problems: Problems): void {
  for (const host of draft.hosts.keys()) {
    checkNames(draft, host, 'groups', problems);
    checkNames(draft, host, 'via', problems);
    checkNames(draft, host, 'runs_on', problems);
    checkNames(draft, host, 'depends_on', problems);
    checkLocal(draft, host, problems);
  }
  checkDefaultJumps(draft, problems);
  checkCircles(draft, 'runs_on', problems);
  checkCircles(draft, 'depends_on', problems);
  checkAddresses(draft, problems);
}

function namesIn(draft: Draft, host: string, key: ReferenceKey): readonly string[] {
  const value = draft.hosts.get(host)?.value[key];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function checkNames(draft: Draft, host: string, key: ReferenceKey, problems: Problems): void {
  const isGroup = key === 'groups';
  const known = new Set([
    ...(isGroup ? [] : draft.hosts.keys()),
    ...(isGroup || key === 'depends_on' ? draft.groups.keys() : []),
  ]);
  for (const [index, name] of namesIn(draft, host, key).entries()) {
    if (known.has(name)) continue;
    const what = { groups: 'group', via: 'jump host', runs_on: 'host', depends_on: 'host or group' }[key];
    const fallback = isGroup ? 'Add it under `groups`.' : 'Add it under `hosts`.';
    problems.add(
      new HomelabError({
        code: isGroup ? 'inventory/unknown-group' : 'inventory/unknown-host',
        message: `"${host}" names a ${what} "${name.slice(0, 80)}" that the inventory does not have`,
        hint: didYouMean(name, known.keys()) ?? fallback,
        host,
        source: settingPlace(draft, host, key, index),
      }),
    );
  }
}

function checkDefaultJumps(draft: Draft, problems: Problems): void {
  const common = draft.defaults.get('via');
  const jumps = (common?.value ?? []) as readonly string[];
  for (const [index, name] of jumps.entries()) {
    if (draft.hosts.has(name)) continue;
    problems.add(
      new HomelabError({
        code: 'inventory/unknown-host',
        message: `the default \`via\` names a jump host "${name.slice(0, 80)}" that the inventory does not have`,
        hint: didYouMean(name, draft.hosts.keys()) ?? 'Add it under `hosts`.',
        source: common === undefined ? undefined : valuePlace(common, ['defaults', 'via'], index),
      }),
    );
  }
}

/** `local` runs on this machine: there is no way to it, and no way through it. */
function checkLocal(draft: Draft, host: string, problems: Problems): void {
  const isLocal = (name: string) => settingOf(draft, name, 'transport')?.value === 'local';
  const jumps = namesIn(draft, host, 'via');
  const localJump = jumps.findIndex((name) => draft.hosts.has(name) && isLocal(name));
  if (isLocal(host) && jumps.length > 0) {
    problems.add(
      new HomelabError({
        code: 'inventory/local-jump',
        message: `"${host}" has a jump host, but its transport is local`,
        hint: 'Remove `via`: local is this machine itself.',
        host,
        source: settingPlace(draft, host, 'via'),
      }),
    );
  } else if (localJump !== -1) {
    problems.add(
      new HomelabError({
        code: 'inventory/local-jump',
        message: `"${jumps[localJump]}" cannot be a jump host: its transport is local`,
        hint: 'Leave it out: the way begins on this machine anyway.',
        host,
        source: settingPlace(draft, host, 'via', localJump),
      }),
    );
  }
}

function checkCircles(draft: Draft, key: 'runs_on' | 'depends_on', problems: Problems): void {
  const circles = findCircles(draft.hosts.keys(), (host) => namesIn(draft, host, key));
  for (const circle of circles) {
    const [host = ''] = circle;
    problems.add(
      new HomelabError({
        code: 'inventory/circle',
        message: `\`${key}\` goes round: ${circle.join(' → ')}`,
        hint: 'One of these has to stand on its own.',
        host,
        source: settingPlace(draft, host, key),
      }),
    );
  }
}

/** Two names for one machine would have it changed twice at once. */
function checkAddresses(draft: Draft, problems: Problems): void {
  const seen = new Map<string, string>();
  for (const [host, { value }] of draft.hosts) {
    if (value.address === undefined || settingOf(draft, host, 'transport')?.value === 'local') continue;
    const written = portsOf(settingOf(draft, host, 'port')?.value);
    const ports = written.length === 0 ? [22] : written;
    const keyOf = (port: number) => `${normalAddress(value.address ?? '')} ${port}`;
    const port = ports.find((one) => seen.has(keyOf(one)));
    if (port === undefined) {
      for (const one of ports) seen.set(keyOf(one), host);
      continue;
    }
    const other = seen.get(keyOf(port)) ?? '';
    const first = settingPlace(draft, other, 'address');
    const second = settingPlace(draft, host, 'address');
    if (first === undefined || second === undefined) continue;
    const message = `"${host}" has the same address and port as "${other}": ${value.address}, port ${port}`;
    problems.add(givenTwice({ code: 'inventory/duplicate-address', message, first, second }));
  }
}
