import { createHash } from 'node:crypto';
import { HomelabError } from '../core/errors.js';
import type { AptSource } from './apt-sources.js';

/** Raised when the same inputs are made into another image. */
const RECIPE_VERSION = 2;

/** What a small server has after installation; no Python, because homelab needs none. */
const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'iproute2',
  'ca-certificates',
  'procps',
  'curl',
  'gnupg',
  'cron',
];

/** Settings of this computer's apt that its archives may depend on: one that is frozen in time, for example. */
const APT_SETTINGS = ['Acquire::Check-Valid-Until', 'Acquire::Check-Date'];

/** All that an image is made from. */
export interface ImageRecipe {
  /** Codename, e.g. `bookworm`. */
  readonly suite: string;
  /** Lines for sources.list(5), inside and for the build. */
  readonly sources: readonly string[];
  readonly packages: readonly string[];
  /** Lines for apt.conf(5). */
  readonly aptSettings: readonly string[];
  /** Absolute paths of keyrings on this computer that `sources` name. */
  readonly keyrings: readonly string[];
}

export interface RecipeInputs {
  /** This computer's os-release(5). */
  readonly osRelease: string;
  readonly aptSources: readonly AptSource[];
  /** What `apt-config dump` prints. */
  readonly aptConfig: string;
  /** Default: `bookworm` on Debian, this computer's own release elsewhere. */
  readonly suite?: string | undefined;
}

/**
 * The recipe that this computer can follow: its own mirrors, with the wanted release in place of its own.
 * @throws HomelabError `lab/no-mirror` where apt's sources name no archive of this computer's own release
 */
export function imageRecipe(inputs: RecipeInputs): ImageRecipe {
  const own = releaseField(inputs.osRelease, 'VERSION_CODENAME');
  const suite = inputs.suite ?? (releaseField(inputs.osRelease, 'ID') === 'debian' ? 'bookworm' : own);
  const archives = inputs.aptSources.flatMap((source) => {
    const match = /^(.+?)(-updates|-security)?$/.exec(source.suite);
    const isOwn = match?.[1] === own || match?.[1] === 'stable';
    if (own === '' || !isOwn || !source.components.includes('main') || !/^(https?|file):/.test(source.uri))
      return [];
    return [{ ...source, suite: `${suite}${match?.[2] ?? ''}` }];
  });
  if (!archives.some((archive) => archive.suite === suite)) throw noMirror(own);
  const settings = inputs.aptConfig.split('\n');
  return {
    suite,
    sources: [...new Set(archives.map(sourceLine))],
    packages: PACKAGES,
    aptSettings: settings.filter((line) => APT_SETTINGS.includes(line.split(' ')[0] ?? '')),
    keyrings: [...new Set(archives.flatMap(({ signedBy }) => signedBy ?? []))],
  };
}

/** Names the image: equal for equal recipes. 16 hexadecimal digits. */
export function recipeKey(recipe: ImageRecipe): string {
  return createHash('sha256')
    .update(JSON.stringify([RECIPE_VERSION, recipe]))
    .digest('hex')
    .slice(0, 16);
}

/** Host names of the recipe's archives. */
export function mirrorHosts(recipe: ImageRecipe): string[] {
  const uris = recipe.sources.flatMap((line) => line.split(' ').filter((word) => /^https?:/.test(word)));
  return [...new Set(uris.map((uri) => new URL(uri).hostname))];
}

function sourceLine({ uri, suite, signedBy }: AptSource): string {
  return `deb ${signedBy === undefined ? '' : `[signed-by=${signedBy}] `}${uri} ${suite} main`;
}

function releaseField(osRelease: string, name: string): string {
  const value = new RegExp(`^${name}=(.*)$`, 'm').exec(osRelease)?.[1] ?? '';
  return value.replaceAll(/^["']|["']$/g, '');
}

function noMirror(own: string): HomelabError {
  return new HomelabError({
    code: 'lab/no-mirror',
    message: `apt on this computer names no archive of its own release${own === '' ? '' : ` (${own})`}`,
    hint: 'The lab takes its mirror from /etc/apt/sources.list and /etc/apt/sources.list.d: add one for `main`.',
  });
}
