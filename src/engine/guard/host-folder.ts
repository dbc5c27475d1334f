import { quote } from '../../core/quote.js';

/** Where guarded changes are kept on a host: root's, and it outlives reboots. */
export const CHANGES_FOLDER = '/var/lib/homelab/changes';

/** A link to the change that is not decided yet; there is at most one. */
export const PENDING = '/var/lib/homelab/pending';

/** Folder of the change `id`. */
export function changeFolder(id: string): string {
  return `${CHANGES_FOLDER}/${id}`;
}

/**
 * What has become of a change is the name of one file in its folder, and only a rename makes one of the other: of whoever
 * confirms and whoever undoes at the same time, rename(2) finds the file for exactly one.
 */
export const STATES = {
  /** Undone when the timer ends, or at the next boot. Holds the sum of the token. */
  armed: 'armed',
  confirmed: 'confirmed',
  undoing: 'undoing',
  undone: 'undone',
} as const;

/** Shell text that ends the timer of a change. at(1) needs none of it: what it runs finds that there is nothing to do. */
export function stopTimer(id: string): string {
  return `[ ! -d /run/systemd/system ] || systemctl stop ${unitsOf(id).undo}.timer 2>/dev/null`;
}

/** Shell text after which the change `id`, which is decided, is pending no more. */
export function settlePending(id: string): string {
  return `[ "$(readlink ${PENDING})" != ${quote(`changes/${id}`)} ] || rm -f ${PENDING}`;
}

/** Names of the transient units of the change `id`. */
export function unitsOf(id: string): { readonly undo: string; readonly apply: string } {
  return { undo: `homelab-undo-${id}`, apply: `homelab-apply-${id}` };
}
