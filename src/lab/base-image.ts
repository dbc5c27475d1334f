import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { toHomelabError } from '../core/errors.js';
import { readAptSources } from './apt-sources.js';
import { withLock } from './exclusive-lock.js';
import { imageRecipe, mirrorHosts, recipeKey, type ImageRecipe } from './image-recipe.js';
import { cacheFolder } from './lab-id.js';
import { settleImage } from './settle-image.js';
import { mustRun } from './run-program.js';

/** The package lists in an image age with it; older ones name packages that mirrors have dropped. */
const MAX_AGE_DAYS = 14;
const MS_PER_DAY = 86_400_000;

/** A build must not go on after the holder of the lock is gone, nor leave what it mounts (setpriv(1), unshare(1)). */
const TIED_TO_THIS_PROCESS =
  'setpriv --pdeathsig KILL unshare --mount --pid --fork --mount-proc --kill-child'.split(' ');

export interface ImageOptions {
  /** Debian or Ubuntu codename. Default: see {@link imageRecipe}. */
  readonly suite?: string | undefined;
  /** Told what is being done, in sentences for a person. */
  readonly onProgress?: ((message: string) => void) | undefined;
  /** Images that running labs stand on, which must stay. */
  readonly inUse?: readonly string[] | undefined;
}

export interface BaseImage {
  /** Absolute path of its root folder. Never written to. */
  readonly path: string;
  readonly mirrorHosts: readonly string[];
}

/**
 * The root file system that machines are laid over: from the cache, or built (about 25 s). Two builds at once become
 * one. A new build that fails leaves an aged image in use.
 * @throws HomelabError `lab/no-mirror`, `lab/command-failed`
 */
export async function ensureBaseImage(options: ImageOptions = {}): Promise<BaseImage> {
  const recipe = imageRecipe({
    osRelease: readFileSync('/etc/os-release', 'utf8'),
    aptSources: readAptSources(),
    aptConfig: await mustRun(['apt-config', 'dump']),
    suite: options.suite,
  });
  const folder = join(cacheFolder(), 'images');
  const found = (name: string): BaseImage => ({ path: join(folder, name), mirrorHosts: mirrorHosts(recipe) });
  const ready = newestImage(listImages(folder), recipeKey(recipe));
  if (ready && ageDays(ready) < MAX_AGE_DAYS) return found(ready);
  return withLock(join(cacheFolder(), 'images.lock'), async () => {
    const known = newestImage(listImages(folder), recipeKey(recipe));
    if (known && ageDays(known) < MAX_AGE_DAYS) return found(known);
    options.onProgress?.(`Building the base image (${recipe.suite}); the next lab will find it ready`);
    try {
      const name = await buildImage(folder, recipe);
      await removeOldImages(folder, [name, ...(options.inUse ?? [])]);
      return found(name);
    } catch (thrown) {
      if (known === undefined) throw thrown;
      options.onProgress?.(`Using the image of ${builtOn(known)}: ${toHomelabError(thrown).message}`);
      return found(known);
    }
  });
}

function listImages(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The newest of `names` made by the recipe `key`: image names are `<key>-<day built>`. */
export function newestImage(names: readonly string[], key: string): string | undefined {
  return names
    .filter((name) => /^\d{4}-\d\d-\d\d$/.test(builtOn(name)) && name.startsWith(`${key}-`))
    .toSorted()
    .at(-1);
}

const builtOn = (name: string): string => name.slice(-10);

function ageDays(name: string): number {
  return (Date.now() - Date.parse(builtOn(name))) / MS_PER_DAY;
}

/** Builds beside the final place and renames, so that an image is there whole or not at all. */
async function buildImage(folder: string, recipe: ImageRecipe): Promise<string> {
  mkdirSync(folder, { recursive: true });
  // Under the lock, what is there was left by a build that was interrupted.
  for (const name of listImages(folder).filter((name) => name.startsWith('partial-')))
    await mustRun(['rm', '-rf', '--one-file-system', join(folder, name)]);
  const partial = join(folder, `partial-${process.pid}`);
  await mustRun([
    ...TIED_TO_THIS_PROCESS,
    'mmdebstrap',
    '--mode=root',
    '--variant=minbase',
    '--format=directory',
    '--quiet',
    // Machines can install at once, without an update of their own.
    '--skip=cleanup/apt/lists',
    ...recipe.aptSettings.map((setting) => `--aptopt=${setting}`),
    `--include=${recipe.packages.join(',')}`,
    recipe.suite,
    partial,
    ...recipe.sources,
  ]);
  // Else every machine would parse the lists anew, which takes longer than most of what it is booted for.
  await mustRun(['chroot', partial, 'apt-cache', 'gencaches', '--quiet=2']);
  settleImage(partial, recipe);
  const name = `${recipeKey(recipe)}-${new Date().toISOString().slice(0, 10)}`;
  await mustRun(['rm', '-rf', '--one-file-system', join(folder, name)]);
  await rename(partial, join(folder, name));
  return name;
}

async function removeOldImages(folder: string, kept: readonly string[]): Promise<void> {
  const isKept = (name: string) => kept.includes(name) || kept.includes(join(folder, name));
  for (const name of listImages(folder).filter((name) => !isKept(name) && ageDays(name) >= MAX_AGE_DAYS))
    await mustRun(['rm', '-rf', '--one-file-system', join(folder, name)]);
}
