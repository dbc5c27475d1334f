import type { Palette } from './palette.js';
import { visibleLine } from './sanitize.js';
import { padToWidth } from './text-width.js';

/** A host key as a host showed it, beside what is pinned. */
export interface HostKeyView {
  readonly host: string;
  /** As in known_hosts, e.g. `ssh-ed25519`. */
  readonly type: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  readonly status: 'known' | 'new' | 'changed';
  /** The pinned key's fingerprint, where it is another. */
  readonly pinnedFingerprint?: string | undefined;
}

function statusText(key: HostKeyView, palette: Palette): string {
  if (key.status === 'known') return palette.green('known');
  return key.status === 'new' ? palette.yellow('new') : palette.red('CHANGED');
}

/**
 * Host keys for `homelab trust`: host, type, fingerprint, and whether it is pinned already. Fingerprints are never cut:
 * they are compared by eye. Of a changed key both are shown.
 */
export function hostKeysText(keys: readonly HostKeyView[], palette: Palette): string {
  const hostColumns = Math.max(0, ...keys.map((key) => visibleLine(key.host).length));
  const typeColumns = Math.max(0, ...keys.map((key) => visibleLine(key.type).length));
  return keys
    .map((key) => {
      const columns = [
        padToWidth(visibleLine(key.host), hostColumns),
        padToWidth(visibleLine(key.type), typeColumns),
        visibleLine(key.fingerprint),
        statusText(key, palette),
      ];
      const indent = ' '.repeat(hostColumns + typeColumns + 4);
      const pinned =
        key.status === 'changed' && key.pinnedFingerprint !== undefined
          ? `${indent}${visibleLine(key.pinnedFingerprint)}  pinned\n`
          : '';
      return `${columns.join('  ')}\n${pinned}`;
    })
    .join('');
}

/** The same for a program. */
export function hostKeysDocument(keys: readonly HostKeyView[]): Record<string, unknown> {
  return { keys: keys.map((key) => ({ ...key, pinnedFingerprint: key.pinnedFingerprint ?? null })) };
}
