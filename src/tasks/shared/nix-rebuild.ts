import { Content } from '../../core/content.js';
import type { Step } from '../../core/step.js';
import type { FileContents } from '../../probes/file-contents.js';
import { scriptStep } from './script-step.js';

/** How nixos-rebuild(8) makes a configuration so; `none`: it is not asked to. */
export type Apply = 'switch' | 'boot' | 'test' | 'none';

/** A module as it went into the system. */
export interface Rebuild {
  readonly apply: Apply;
  readonly isImported: boolean;
  readonly sha256: string;
}

/** Where it is noted what was applied: for good, and until the next boot. */
const LASTING = '/var/lib/homelab-nixos';
const PASSING = '/run/homelab-nixos';

/** The notes on the module at `path`, one of which is there once it was applied. */
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

/** Rebuilds the system and notes it. Killed or failed in between there is no note, and the next run rebuilds again. */
export function rebuildStep(path: string, rebuild: Rebuild): Step {
  const [lasting = '', passing = ''] = stampPaths(path);
  const own = rebuild.apply === 'test' ? passing : lasting;
  return scriptStep({
    words: [rebuild.apply, own, stampOf(rebuild).trimEnd(), lasting, passing],
    script: `rm -f -- "$4" "$5" || exit 1
nixos-rebuild "$1" || exit 1
umask 077
mkdir -p -- "\${2%/*}" || exit 1
printf '%s\\n' "$3" >"$2.new" && mv -f -- "$2.new" "$2"`,
  });
}

/** Rebuilds the system without the module, as far as that is wanted, and forgets it. */
export function rebuildWithoutStep(path: string, apply: Apply): Step {
  return scriptStep({
    words: [apply, ...stampPaths(path)],
    script: `[ "$1" = none ] || nixos-rebuild "$1" || exit 1
shift
rm -f -- "$@"`,
  });
}
