import type { RolePort } from '../../core/role.js';
import { Secret } from '../../core/secret.js';
import { nixosFirewall } from '../shared/nixos-firewall.js';
import type { NixOptions } from '../shared/nixos-module.js';

/** Where NixOS has the certificates of authorities. */
export const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

type Clause = Record<string, unknown>;

/** The options that make NixOS write the clauses of `text`, unbound.conf(5), and let `ports` in. */
export function nixosOptions(text: string | Secret, ports: readonly RolePort[]): NixOptions {
  return {
    services: { unbound: { enable: true, settings: text instanceof Secret ? text : settingsOf(text) } },
    ...nixosFirewall(ports),
  };
}

/** A set for each clause; zones, of which there may be several, are lists. */
function settingsOf(text: string): Clause {
  const settings: Record<string, Clause | Clause[]> = {};
  let clause: Clause = {};
  for (const line of text.split('\n').filter((one) => !/^\s*(?:#|$)/.test(one))) {
    const [, name] = /^([a-z-]+):\s*$/.exec(line) ?? [];
    if (name === undefined) addTo(clause, line.trim());
    else {
      const before = settings[name];
      clause = name.endsWith('-zone') || !isClause(before) ? {} : before;
      settings[name] = name.endsWith('-zone') ? [...(Array.isArray(before) ? before : []), clause] : clause;
    }
  }
  return settings;
}

function isClause(value: Clause | Clause[] | undefined): value is Clause {
  return value !== undefined && !Array.isArray(value);
}

/** A line `key: value`; NixOS writes texts as they are, quotes included, and has a type of its own for yes and no. */
function addTo(clause: Clause, line: string): void {
  const at = line.indexOf(':');
  const [key, text] = [line.slice(0, at), line.slice(at + 1).trim()];
  const value = text === 'yes' || text === 'no' ? text === 'yes' : text;
  const before = clause[key];
  clause[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
}
