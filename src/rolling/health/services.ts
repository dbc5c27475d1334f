import type { Check } from '../../core/check.js';
import type { HostConfig, Inventory } from '../../core/host-config.js';
import type { HealthCheck } from '../../core/rolling-settings.js';

/** The place of homelab itself, as the inventory names it. */
export const CONTROLLER = 'controller';

interface Named {
  /** `HOST/CHECK` of a host, `GROUP/CHECK` of a group. */
  readonly name: string;
  /** Undefined: of a group. */
  readonly host: string | undefined;
  /** It is away only when none of several hosts serves. */
  readonly isRedundant: boolean;
}

/** Something that is watched. */
export type Service =
  /** Is asked itself, by a host or by `controller`. */
  | (Named & { readonly is: 'asked'; readonly check: Check; readonly from: string })
  /** Is there as long as one of its members is, services of hosts. */
  | (Named & { readonly is: 'whole'; readonly members: readonly string[] });

/** The jump hosts of a host, nearest to us first. */
export type RouteOf = (host: string) => readonly string[];

/**
 * Everything that is declared, in the inventory's order, hosts before groups. Of a group that promises to stay (by
 * `max_unavailable` or `quorum`) each check that two or more of its hosts declare by the same name is one service more, unless
 * the group has its own of that name. `chosen`: only of these hosts, and of groups that have one of them.
 */
export function servicesOf(
  inventory: Inventory,
  routeOf: RouteOf,
  chosen: readonly string[] = [...inventory.hosts.keys()],
): Service[] {
  const hosts = [...inventory.hosts.values()].filter(({ name }) => chosen.includes(name));
  const groups = [...inventory.groups.values()].filter((group) =>
    group.hosts.some((host) => chosen.includes(host)),
  );
  return [
    ...hosts.flatMap((host) => ofHost(host, routeOf)),
    ...groups.flatMap((group) => {
      const members = group.hosts.flatMap((host) => inventory.hosts.get(host) ?? []);
      const { maxUnavailable, quorum, health = [] } = group.rolling ?? {};
      const isRedundant = (maxUnavailable !== undefined || quorum !== undefined) && members.length >= 2;
      const from = lastOf(commonStart(members.map(({ name }) => routeOf(name))));
      const own = health.map((one) => asked(one, group.name, { host: undefined, isRedundant, from }));
      const wholes = isRedundant ? wholesOf(group.name, members) : [];
      return [...own, ...wholes.filter(({ name }) => own.every((one) => one.name !== name))];
    }),
  ];
}

function ofHost({ name: host, rolling }: HostConfig, routeOf: RouteOf): Service[] {
  return rolling.health.map((one) => {
    const from = isOfItself(one.check) ? host : lastOf(routeOf(host));
    return asked(one, host, { host, isRedundant: false, from });
  });
}

function asked(
  { name, check, from: written }: HealthCheck,
  of: string,
  { from, ...rest }: Readonly<{ host: string | undefined; isRedundant: boolean; from: string }>,
): Service {
  return { is: 'asked', name: `${of}/${name}`, ...rest, check, from: written ?? from };
}

function wholesOf(group: string, members: readonly HostConfig[]): Service[] {
  const names = new Set(members.flatMap(({ rolling }) => rolling.health.map(({ name }) => name)));
  return [...names].flatMap((name): Service[] => {
    const serving = members.filter(({ rolling }) => rolling.health.some((one) => one.name === name));
    if (serving.length < 2) return [];
    const services = serving.map((host) => `${host.name}/${name}`);
    return [{ is: 'whole', name: `${group}/${name}`, host: undefined, isRedundant: true, members: services }];
  });
}

function lastOf(route: readonly string[]): string {
  return route.at(-1) ?? CONTROLLER;
}

/** What all of these lists begin with. */
function commonStart([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  const end = first.findIndex((name, index) => others.some((other) => other[index] !== name));
  return end === -1 ? first : first.slice(0, end);
}

/** Whether only the host itself can ask it: its loopback address, a program, a path. */
function isOfItself(check: Check): boolean {
  switch (check.kind) {
    case 'tcp':
      return isLoopback(check.host);
    case 'http':
      return isLoopback(new URL(check.url).hostname);
    case 'dns':
      return check.server !== undefined && isLoopback(check.server);
    default:
      return true;
  }
}

function isLoopback(host: string): boolean {
  return /^(?:localhost\.?|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** A check as people would say it, e.g. `tcp 10.0.1.11:53`. */
export function checkText(check: Check): string {
  switch (check.kind) {
    case 'tcp':
      return `tcp ${check.host.includes(':') ? `[${check.host}]` : check.host}:${check.port}`;
    case 'http':
      return `http ${check.url}`;
    case 'dns': {
      const type = check.type === undefined ? '' : ` ${check.type}`;
      const port = check.port === undefined ? '' : ` port ${check.port}`;
      return `dns ${check.name}${type}${check.server === undefined ? '' : ` by ${check.server}${port}`}`;
    }
    case 'command':
      return `command ${check.argv.join(' ')}`;
    default:
      return `path ${check.path}`;
  }
}
