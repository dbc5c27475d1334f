import type { RolePort } from '../../core/role.js';
import { Secret } from '../../core/secret.js';
import { nixosFirewall } from '../shared/nixos-firewall.js';
import type { NixOptions } from '../shared/nixos-module.js';

/** The options that make NixOS write the lines of `text`, dnsmasq(8), and let `ports` in. */
export function nixosOptions(text: string | Secret, ports: readonly RolePort[]): NixOptions {
  return {
    services: { dnsmasq: { enable: true, settings: text instanceof Secret ? text : settingsOf(text) } },
    ...nixosFirewall(ports),
  };
}

/** Where the servers of the network stand NixOS knows: /etc/resolv.conf names dnsmasq itself there. */
function isNixosOwn(line: string): boolean {
  return line.startsWith('resolv-file=');
}

/** By key: true for one without a value, a text, or a list of those that are repeated. */
function settingsOf(text: string): Record<string, unknown> {
  const settings = new Map<string, string[]>();
  for (const line of text.split('\n').filter((one) => /^[a-z]/.test(one) && !isNixosOwn(one))) {
    const [key = '', ...value] = line.split('=');
    settings.set(key, [...(settings.get(key) ?? []), ...(value.length === 0 ? [] : [value.join('=')])]);
  }
  return Object.fromEntries(
    [...settings].map(([key, values]) => [
      key,
      values.length === 0 ? true : values.length === 1 && key !== 'server' ? values[0] : values,
    ]),
  );
}
