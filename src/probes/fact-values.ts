import { isIP } from 'node:net';
import type { Facts } from '../core/facts.js';

const FAMILIES = ['debian', 'redhat', 'alpine', 'arch', 'suse', 'nixos'];
const FAMILY_OF: Readonly<Record<string, string>> = {
  ubuntu: 'debian',
  raspbian: 'debian',
  rhel: 'redhat',
  fedora: 'redhat',
  centos: 'redhat',
  archlinux: 'arch',
  sles: 'suse',
  opensuse: 'suse',
};

/** The system of an os-release(5) file; `fallbackId` where it does not say. Assignments are read, never evaluated. */
export function osRelease(text: string, fallbackId: string): Facts['os'] {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, raw = ''] = /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) values.set(name, unquoted(raw.trim()));
  }
  const id = values.get('ID') || fallbackId.toLowerCase() || 'unknown';
  const like = (values.get('ID_LIKE') ?? '').split(/\s+/).map((name) => name.split('-')[0] ?? '');
  const family = [id, id.split('-')[0] ?? '', ...like]
    .map((name) => FAMILY_OF[name] ?? name)
    .find((name) => FAMILIES.includes(name));
  return {
    id,
    family: family ?? id,
    version: values.get('VERSION_ID') ?? '',
    codename: values.get('VERSION_CODENAME') ?? '',
    name: values.get('PRETTY_NAME') ?? values.get('NAME') ?? id,
  };
}

function unquoted(raw: string): string {
  const [, double, single] = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')$/.exec(raw) ?? [];
  const text = double?.replaceAll(/\\(.)/g, '$1') ?? single ?? raw;
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 255);
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv6l: 'armhf',
  armv7l: 'armhf',
  armv8l: 'armhf',
  ppc64le: 'ppc64el',
  i486: 'i386',
  i586: 'i386',
  i686: 'i386',
};

/** Debian's name for what `uname -m` says, or for the smaller one whose program loader alone is there. */
export function architecture(machine: string, loaders: readonly string[]): string {
  const has = (name: string): boolean => loaders.some((loader) => loader.endsWith(`/${name}`));
  if (machine === 'aarch64' && has('ld-linux-armhf.so.3') && !has('ld-linux-aarch64.so.1')) return 'armhf';
  if (machine === 'x86_64' && has('ld-linux.so.2') && !has('ld-linux-x86-64.so.2')) return 'i386';
  return ARCHITECTURES[machine] ?? machine;
}

/**
 * Addresses of `ip -o addr` that other machines may use, or the words of `hostname -I`: IPv4 first, each once, without
 * prefix length. Loopback, link-local and what is no address are left out.
 */
export function globalAddresses(text: string): string[] {
  const isOfIp = / inet6? /.test(text);
  const candidates = isOfIp
    ? text
        .split('\n')
        .map((line) => (/ scope global/.test(line) ? / inet6? ([^\s/]+)/.exec(line)?.[1] : undefined))
    : text.split(/\s+/);
  const found = candidates.filter(
    (word): word is string =>
      word !== undefined && isIP(word) !== 0 && !/^(?:127\.|169\.254\.|::1$|fe80:)/i.test(word),
  );
  return [...new Set(found)].toSorted((a, b) => isIP(a) - isIP(b));
}

/** How many processors a list such as `0-3,6` names; 1 where it names none. */
export function coreCount(list: string): number {
  const counts = list.split(',').map((range) => {
    const [, first, last] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(range) ?? [];
    return first === undefined ? 0 : Math.max(0, Number(last ?? first) - Number(first) + 1);
  });
  return Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
}

/**
 * The version of `sshd -V`, e.g. `9.2`; empty where none is named. Before 9.3 the option is unknown, and the complaint
 * names the version too.
 */
export function opensshVersion(text: string): string {
  return /\bOpenSSH_(\d{1,3}\.\d{1,3})/.exec(text)?.[1] ?? '';
}
