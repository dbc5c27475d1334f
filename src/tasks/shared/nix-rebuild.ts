import { Content } from '../../core/content.js';
import { quoteAll } from '../../core/quote.js';
import type { RunStep } from '../../core/step.js';
import type { FileContents } from '../../probes/file-contents.js';
import { scriptStep } from './script-step.js';

/** How nixos-rebuild(8) makes a configuration so; `none`: it is not asked to. */
export type Apply = 'switch' | 'boot' | 'test' | 'none';

/** A module as it went into the system. */
export interface Rebuild {
  readonly path: string;
  readonly apply: Apply;
  readonly isImported: boolean;
  readonly sha256: string;
}

/** Where it is noted what was applied: for good, and until the next boot. */
const LASTING = '/var/lib/homelab-nixos';
const PASSING = '/run/homelab-nixos';

/** Generations of the system, nixos-rebuild(8). */
const PROFILE = '/nix/var/nix/profiles/system';

/** The notes on the module at `path`, one of which is there once it was applied; the lasting one first. */
export function stampPaths(path: string): readonly string[] {
  return [LASTING, PASSING].map((folder) => `${folder}/${encodeURIComponent(path)}`);
}

function stampOf({ apply, isImported, sha256 }: Rebuild): string {
  return `${apply} ${isImported ? 'imported' : 'alone'} ${sha256}\n`;
}

/** Whether one of the notes says that just this was applied. */
export function isApplied(stamps: readonly (FileContents | null)[], rebuild: Rebuild): boolean {
  const wanted = Content.of(stampOf(rebuild));
  return stamps.some((stamp) => stamp !== null && Content.of(stamp.bytes).equals(wanted));
}

/** A unit of systemd does not have what nixos-rebuild looks for: the channels, and the programs. */
const ENVIRONMENT = '[ ! -r /etc/set-environment ] || . /etc/set-environment';

/** Shell text that gives a script its words: how many notes are forgotten, those, then path and text of each that is made. */
function setStamps(paths: readonly string[], made: readonly Rebuild[]): string {
  const forgotten = paths.flatMap(stampPaths);
  const notes = made.flatMap((rebuild) => {
    const [lasting = '', passing = ''] = stampPaths(rebuild.path);
    return [rebuild.apply === 'test' ? passing : lasting, stampOf(rebuild).trimEnd()];
  });
  return `set -- ${quoteAll([String(forgotten.length), ...forgotten, ...notes])}`;
}

/** Killed or failed in between there is no note, and the next run rebuilds again. */
const FORGET = `h_left=$1
shift
while [ "$h_left" -gt 0 ]; do
  rm -f -- "$1" || exit 1
  shift
  h_left=$((h_left - 1))
done`;

const NOTE = `umask 077
while [ $# -gt 0 ]; do
  mkdir -p -- "\${1%/*}" && printf '%s\\n' "$2" >"$1.new" && mv -f -- "$1.new" "$1" || exit 1
  shift 2
done`;

/** Activates what is configured, until the next boot; where that fails, what was active before. */
const ACTIVATE = `h_before=$(readlink -f /run/current-system)
nixos-rebuild test || {
  h_code=$?
  [ ! -x "$h_before/bin/switch-to-configuration" ] || "$h_before/bin/switch-to-configuration" test >&2 ||
    printf 'The system of before could not be activated either: %s\\n' "$h_before" >&2
  exit "$h_code"
}`;

/** Deletes all but the last `$h_generations` generations; a boot menu is then made without them. */
const PRUNE = `[ -z "$h_generations" ] || nix-env -p ${PROFILE} --delete-generations "+$h_generations" || exit 1`;

/**
 * Makes the system that runs, and none that was built since, a generation and the default of the boot: what
 * `nixos-rebuild switch` does beside activating it.
 */
const KEEP = `h_system=$(readlink -f /run/current-system) && [ -x "$h_system/bin/switch-to-configuration" ] || {
  echo '/run/current-system is no system of NixOS' >&2
  exit 1
}
nix-env -p ${PROFILE} --set "$h_system" || exit 1
${PRUNE}
"$h_system/bin/switch-to-configuration" boot || exit 1`;

const KEEP_FOR_BOOT = `nixos-rebuild boot || exit 1
${PRUNE}
[ -z "$h_generations" ] || ${PROFILE}/bin/switch-to-configuration boot || exit 1`;

/** A step that says what it is for by its words. */
function step(apply: Apply, generations: number | undefined, parts: readonly string[]): RunStep {
  const kept = `h_generations=${generations ?? ''}`;
  return scriptStep({ words: ['nixos-rebuild', apply], script: [kept, ENVIRONMENT, ...parts].join('\n') });
}

/**
 * Rebuilds the system with the modules, of one `apply`, and notes it. What is to last is activated until the next boot
 * first, and becomes the default of the boot once that is proven.
 */
export function rebuildSteps(rebuilds: readonly Rebuild[], generations?: number): RunStep[] {
  const apply = rebuilds[0]?.apply ?? 'none';
  const paths = rebuilds.map(({ path }) => path);
  const begin = [setStamps(paths, rebuilds), FORGET];
  if (apply === 'none') return [];
  if (apply === 'boot') return [step(apply, generations, [...begin, KEEP_FOR_BOOT, NOTE])];
  if (apply === 'test') return [step(apply, generations, [...begin, ACTIVATE, NOTE])];
  return [
    step('test', generations, [...begin, ACTIVATE]),
    { ...step(apply, generations, [...begin, KEEP, NOTE]), isAfterProof: true },
  ];
}

/** Rebuilds the system without the module, as far as that is wanted, and forgets it. */
export function rebuildWithoutSteps(path: string, apply: Apply, generations?: number): RunStep[] {
  const forget = [setStamps([path], []), FORGET];
  if (apply === 'none') return [step(apply, generations, forget)];
  if (apply === 'boot') return [step(apply, generations, [KEEP_FOR_BOOT, ...forget])];
  if (apply === 'test') return [step(apply, generations, [ACTIVATE, ...forget])];
  return [
    step('test', generations, [ACTIVATE]),
    { ...step(apply, generations, [KEEP, ...forget]), isAfterProof: true },
  ];
}
