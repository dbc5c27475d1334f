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
  if (key.status === 'known') return palette.green('known  ');
  return key.status === 'new' ? palette.yellow('new    ') : palette.red('CHANGED');
}

/** The type as `ssh-keygen -l` names it: short enough for a fingerprint beside it on a narrow screen. */
export function keyTypeText(type: string): string {
  if (type === 'ssh-ed25519') return 'ED25519';
  if (type === 'ssh-rsa') return 'RSA';
  if (type.startsWith('sk-ssh-ed25519')) return 'ED25519-SK';
  return type.startsWith('ecdsa-') ? 'ECDSA' : visibleLine(type);
}

/**
 * Host keys for `homelab trust`: whether it is pinned already, host, type, fingerprint. Fingerprints are never cut: they
 * are compared by eye. Of a changed key both are shown.
 */
export function hostKeysText(keys: readonly HostKeyView[], palette: Palette): string {
  const hostColumns = Math.max(0, ...keys.map((key) => visibleLine(key.host).length));
  const typeColumns = Math.max(0, ...keys.map((key) => keyTypeText(key.type).length));
  const line = (status: string, key: HostKeyView, fingerprint: string): string => {
    const host = padToWidth(visibleLine(key.host), hostColumns);
    return `${status}  ${host}  ${padToWidth(keyTypeText(key.type), typeColumns)}  ${visibleLine(fingerprint)}\n`;
  };
  return keys
    .map((key) => {
      const shown = line(statusText(key, palette), key, key.fingerprint);
      const isChanged = key.status === 'changed' && key.pinnedFingerprint !== undefined;
      return isChanged ? shown + line('pinned ', key, key.pinnedFingerprint ?? '') : shown;
    })
    .join('');
}

/** The same for a program. */
export function hostKeysDocument(keys: readonly HostKeyView[]): Record<string, unknown> {
  return { keys: keys.map((key) => ({ ...key, pinnedFingerprint: key.pinnedFingerprint ?? null })) };
}
