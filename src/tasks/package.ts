import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import type { State, StateValue } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { aptLists, type AptLists } from '../probes/apt-lists.js';
import { packageCandidates, type PackageCandidate } from '../probes/package-candidates.js';
import { packages, type PackageEntry } from '../probes/packages.js';
import { finishInterrupted, installPackages, removePackages, updateLists } from './shared/apt.js';
import { packageNameSchema, parsePackage, type WantedPackage } from './shared/package-name.js';

const params = z
  .strictObject({
    names: z.array(packageNameSchema).min(1).describe('packages; `name=version` pins a version'),
    state: z
      .enum(['present', 'absent', 'latest'])
      .default('present')
      .describe('latest: the newest that the package lists of the host offer'),
    cache_max_age: z
      .int()
      .min(600)
      .optional()
      .describe(
        'seconds, at least 600; older package lists are fetched anew before something is installed. Left out: only where they lack a package',
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

type PackageParams = z.output<typeof params>;

const INSTALLED = 'present';
const ABSENT = 'absent';

function wantedValue({ version }: WantedPackage, state: PackageParams['state']): string {
  return state === 'present' ? (version ?? INSTALLED) : state;
}

/** One package as found, in the words of what is wanted of it. */
function foundValue(
  wanted: WantedPackage,
  {
    found,
    candidate,
    state,
  }: { found: PackageEntry | null; candidate: PackageCandidate | null; state: PackageParams['state'] },
): string {
  if (found === null || ['config-files', 'not-installed'].includes(found.status)) return ABSENT;
  if (found.status !== 'installed') return found.status;
  if (state === 'latest') {
    if (candidate === null || candidate.version === found.version) return 'latest';
    return `${found.version}, ${candidate.version} is offered`;
  }
  return wanted.version === undefined ? INSTALLED : found.version;
}

/** `lists` tells what is known about the package lists, and only where something has to be installed or upgraded. */
async function probe(host: ReadableHost, params: PackageParams): Promise<State> {
  requireApt(host);
  const { names, state } = params;
  const wanted = names.map(parsePackage);
  const isLatest = state === 'latest';
  const [found, offered, lists] = await Promise.all([
    Promise.all(wanted.map(({ name }) => host.read(packages, name))),
    isLatest ? Promise.all(wanted.map(({ name }) => host.read(packageCandidates, name))) : [],
    isLatest ? host.read(aptLists, '') : null,
  ]);
  const values = wanted.map((one, index) => {
    const value = foundValue(one, { found: found[index] ?? null, candidate: offered[index] ?? null, state });
    if (found[index]?.isHeld === true && value !== wantedValue(one, state)) throw held(one.name);
    return value;
  });
  const observed = Object.fromEntries(
    wanted.map(({ name }, index) => [`names.${name}`, values[index] ?? ABSENT]),
  );
  const due = wanted.filter((one, index) => values[index] !== wantedValue(one, state));
  if (state === 'absent' || (due.length === 0 && lists === null)) return observed;
  return { ...observed, lists: (await areListsGood(host, due, { params, lists })) ? 'fresh' : 'old' };
}

/** Whether apt's lists can be installed from: not too old, and all that is due is in them. */
async function areListsGood(
  host: ReadableHost,
  due: readonly WantedPackage[],
  known: { readonly params: PackageParams; readonly lists: AptLists | null },
): Promise<boolean> {
  const [lists, ...candidates] = await Promise.all([
    known.lists ?? host.read(aptLists, ''),
    ...due.map(({ name }) => host.read(packageCandidates, name)),
  ]);
  const isOffered = due.every((one, index) => isInLists(one, candidates[index] ?? null));
  const mostSeconds = known.params.cache_max_age ?? Number.POSITIVE_INFINITY;
  return isOffered && lists.ageSeconds !== undefined && lists.ageSeconds <= mostSeconds;
}

function isInLists({ version }: WantedPackage, candidate: PackageCandidate | null): boolean {
  if (candidate === null) return false;
  return version === undefined || candidate.versions.includes(version);
}

function requireApt({ facts }: ReadableHost): void {
  if (facts.package_manager === 'apt') return;
  throw new HomelabError({
    code: 'task/unsupported',
    message: `packages are kept with apt, and this host has ${facts.package_manager}`,
    hint: 'Leave the item out here with `when: { package_manager: apt }`.',
  });
}

function held(name: string): HomelabError {
  return new HomelabError({
    code: 'task/package-held',
    message: `the package ${name} is held and would have to change`,
    hint: `Release it on the host with \`apt-mark unhold ${name}\`, or take it out of the playbook.`,
  });
}

function steps({ params: { names, state }, before, changes }: StepContext<PackageParams>): Step[] {
  const wanted = names.map(parsePackage);
  const isDue = ({ name }: WantedPackage): boolean => changes.some(({ field }) => field === `names.${name}`);
  const repair = changes.some((change) => isBroken(change.before)) ? [finishInterrupted()] : [];
  if (state === 'absent') return [...repair, removePackages(wanted.filter(isDue))];
  const isUpdated = before?.['lists'] === 'old';
  // Fresh lists may offer something newer of every one of them.
  const due = state === 'latest' && isUpdated ? wanted : wanted.filter(isDue);
  return [...repair, ...(isUpdated ? updateLists() : []), installPackages(due)];
}

/** `db:Status-Status` of a package that dpkg left half-way, dpkg-query(1). */
const BROKEN = ['half-installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending'];

function isBroken(value: StateValue): boolean {
  return typeof value === 'string' && BROKEN.includes(value);
}

/** Packages of the distribution. */
export default defineTask<PackageParams>({
  summary: 'Packages are installed, or not',
  params,
  examples: [
    { names: ['htop', 'tmux'] },
    { names: ['nginx=1.22.1-9+deb12u1'] },
    { names: ['openssl'], state: 'latest', cache_max_age: 3600 },
    { names: ['telnetd'], state: 'absent' },
  ],
  desired: ({ names, state, cache_max_age: maxAge }) => ({
    ...Object.fromEntries(
      names.map(parsePackage).map((one) => [`names.${one.name}`, wantedValue(one, state)]),
    ),
    ...(state === 'latest' && maxAge !== undefined ? { lists: 'fresh' } : {}),
  }),
  probe,
  steps,
});
