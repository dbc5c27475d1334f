import * as z from 'zod';
import type { MaybeState, StateValue } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type StepContext } from '../core/task.js';
import { packageNameSchema, parsePackage, type WantedPackage } from './shared/package-name.js';
import { lostWith } from './shared/packages/login-packages.js';
import { knownManager, managerFor } from './shared/packages/managers.js';
import {
  ABSENT,
  MANUAL,
  OLD,
  probePackages,
  wantedValue,
  type PackageParams,
} from './shared/packages/package-state.js';

const params = z
  .strictObject({
    names: z
      .array(packageNameSchema)
      .min(1)
      .describe('packages; `name=version` pins a version, in the words of the package manager'),
    state: z
      .enum(['present', 'absent', 'latest'])
      .default('present')
      .describe('latest: the newest that the package lists of the host offer'),
    recommends: z
      .boolean()
      .default(true)
      .describe(
        'false: only what they need is installed with them (apt, dnf, zypper; others have no recommendations)',
      ),
    cache_max_age: z
      .int()
      .min(600)
      .optional()
      .describe(
        'seconds, at least 600; older package lists are fetched anew before something is installed. Left out: only where they lack a package. pacman fetches lists with a full upgrade only: there it does nothing',
      ),
  })
  .superRefine(({ names, state }, context) => {
    const bare = names.map((text) => parsePackage(text).name);
    for (const [index, text] of names.entries()) {
      const complain = (message: string): void =>
        context.addIssue({ code: 'custom', path: ['names', index], message });
      if (bare.indexOf(bare[index] ?? '') !== index) complain('is named twice');
      if (text.includes('=') && state !== 'present') complain(`is pinned to a version and to be ${state}`);
    }
  });

function steps({
  params: { names, state, recommends },
  facts,
  before,
  changes,
  changed,
}: StepContext<PackageParams>): Step[] {
  const wanted = names.map(parsePackage);
  const manager = managerFor(facts, wanted);
  const isDue = ({ name }: WantedPackage): boolean => changed(`names.${name}`);
  const repair = changes.some((change) => isBroken(change.before)) ? (manager.repair?.() ?? []) : [];
  if (state === 'absent') return [...repair, ...manager.remove(wanted.filter(isDue))];
  const kept = wanted.filter(({ name }) => changed(`marks.${name}`));
  const keep = kept.length === 0 ? [] : (manager.keep?.(kept) ?? []);
  if (kept.length === changes.length) return [...keep];
  const isFetched = before?.['lists'] === OLD;
  // Fresh lists may offer something newer of every one of them.
  const due = state === 'latest' && isFetched ? wanted : wanted.filter(isDue);
  const isUpgrade = ({ name }: WantedPackage): boolean =>
    state === 'latest' && before?.[`names.${name}`] !== ABSENT;
  return [
    ...repair,
    ...(isFetched ? (manager.lists?.fetch() ?? []) : []),
    ...manager.change({
      install: due.filter((one) => !isUpgrade(one)),
      upgrade: due.filter(isUpgrade),
      isBare: !recommends,
    }),
    ...keep,
  ];
}

function areAllAbsent(before: MaybeState): boolean {
  return Object.entries(before ?? {}).every(
    ([field, value]) => !field.startsWith('names.') || value === ABSENT,
  );
}

/** `db:Status-Status` of a package that dpkg left half-way, dpkg-query(1). */
const BROKEN = ['half-installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending'];

function isBroken(value: StateValue): boolean {
  return typeof value === 'string' && BROKEN.includes(value);
}

/** What is so once another item has installed the same packages: not of a version of its own, or of another architecture. */
function doneByOthers(names: readonly string[]): Record<string, string> {
  const plain = names.filter((name) => !/[:=]/.test(name));
  return Object.fromEntries(
    plain.flatMap((name) => [`names.${name}`, `marks.${name}`].map((field) => [field, `package:${name}`])),
  );
}

/** Packages of the distribution, kept with apt, dnf, apk, pacman or zypper. */
export default defineTask<PackageParams>({
  summary: 'Packages are installed, or not',
  params,
  examples: [
    { names: ['htop', 'tmux'] },
    { names: ['nginx=1.22.1-9+deb12u1'], recommends: false },
    { names: ['openssl'], state: 'latest', cache_max_age: 3600 },
    { names: ['telnetd'], state: 'absent' },
  ],
  desired: ({ names, state, cache_max_age: maxAge }, facts) => {
    const wanted = names.map(parsePackage);
    const manager = knownManager(facts);
    return {
      ...Object.fromEntries(wanted.map((one) => [`names.${one.name}`, wantedValue(one, state)])),
      ...(manager?.keep === undefined || state === 'absent'
        ? {}
        : Object.fromEntries(wanted.map(({ name }) => [`marks.${name}`, MANUAL]))),
      ...(state === 'latest' && maxAge !== undefined && manager?.name !== 'pacman' ? { lists: 'fresh' } : {}),
    };
  },
  probe: probePackages,
  foresight: ({ names, state, cache_max_age: maxAge }, before) => ({
    makes: [
      'packages:installed',
      // Old lists are fetched with it.
      ...(before?.['lists'] === OLD ? ['packages:offered'] : []),
      ...(state === 'absent'
        ? []
        : names.map((text) => `package:${parsePackage(text).name.replace(/:.*/, '')}`)),
    ],
    doneBy: state === 'present' ? doneByOthers(names) : undefined,
    hingesOn:
      state === 'latest' && (maxAge !== undefined || !areAllAbsent(before))
        ? { things: ['packages:offered'], why: 'which versions are the newest shows then' }
        : undefined,
  }),
  // A package that is gone cannot be fetched by a host that nobody reaches.
  losesLogin: async (host, { names, state }, changes) => {
    const manager = knownManager(host.facts);
    if (state !== 'absent' || manager === undefined) return [];
    const gone = names.filter((name) => changes.some(({ field }) => field === `names.${name}`));
    return gone.length === 0 ? [] : lostWith(host, gone, manager);
  },
  steps,
});
