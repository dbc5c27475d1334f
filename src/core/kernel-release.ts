/** A kernel's release taken apart: `6.1.0-18-rt-amd64` is the version 6.1.0-18 of the flavour rt-amd64. */
interface KernelRelease {
  readonly version: string;
  readonly flavour: string;
}

/**
 * The newest of `installed` that is newer than `running` and of the same flavour; undefined where there is none. Kernels
 * of another flavour say nothing: they may be there for other machines that boot the same disk.
 */
export function newerKernel(running: string, installed: readonly string[]): string | undefined {
  const current = parseRelease(running);
  return installed
    .filter((one) => parseRelease(one).flavour === current.flavour)
    .filter((one) => compareVersions(parseRelease(one).version, current.version) > 0)
    .toSorted((a, b) => compareVersions(parseRelease(b).version, parseRelease(a).version))[0];
}

/** The flavour is what follows the first dash before a letter. */
function parseRelease(release: string): KernelRelease {
  const [, version = release, flavour = ''] = /^(\d.*?)-([A-Za-z].*)$/.exec(release) ?? [];
  return { version, flavour };
}

/** Numbers compare as numbers; `~` comes before everything, even the end (deb-version(7)). */
function compareVersions(a: string, b: string): number {
  const [first, second] = [a, b].map((version) => version.match(/\d+|[^\d]/g) ?? []);
  for (let index = 0; ; index++) {
    const [one, other] = [first?.[index], second?.[index]];
    if (one === undefined && other === undefined) return 0;
    const difference = compareParts(one, other);
    if (difference !== 0) return difference;
  }
}

function isNumber(part: string): boolean {
  return /^\d/.test(part);
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === '~') return -1;
  if (b === '~') return 1;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (isNumber(a) && isNumber(b)) return Math.sign(Number(a) - Number(b));
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? 1 : -1;
  return a < b ? -1 : 1;
}
