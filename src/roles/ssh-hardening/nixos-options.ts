import { HomelabError } from '../../core/errors.js';
import {
  sshdConfigText,
  sshdLines,
  type SshdMatch,
  type SshdSettings,
  type SshdValue,
} from '../../render/sshd-config.js';
import { sshdKeyword } from '../../render/sshd-keywords.js';
import type { NixOptions } from '../shared/nixos-module.js';

/** What NixOS is to be told of sshd, and of `ssh` on the host. */
export interface NixosSsh {
  readonly settings: SshdSettings;
  readonly match: readonly SshdMatch[];
  readonly port: number;
  /** Text of ssh_config(5); undefined: as found. */
  readonly client: string | undefined;
}

/** Keywords that are options of a type of their own in nixos/modules/services/networking/ssh/sshd.nix, as it spells them. */
const LISTS: Readonly<Record<string, string>> = {
  Ciphers: 'Ciphers',
  KexAlgorithms: 'KexAlgorithms',
  MACs: 'Macs',
  AllowUsers: 'AllowUsers',
  AllowGroups: 'AllowGroups',
  DenyUsers: 'DenyUsers',
  DenyGroups: 'DenyGroups',
};
const SWITCHES: Readonly<Record<string, string>> = {
  KbdInteractiveAuthentication: 'KbdInteractiveAuthentication',
  PasswordAuthentication: 'PasswordAuthentication',
  PrintMotd: 'PrintMotd',
  StrictModes: 'StrictModes',
  UseDNS: 'UseDns',
  UsePAM: 'UsePAM',
  X11Forwarding: 'X11Forwarding',
};

/**
 * The options of `services.openssh` that make sshd take these settings. What is repeated in the file, and blocks for some
 * connections, stand behind the options. @throws HomelabError `role/no-key-type`, `render/…`
 */
export function nixosOptions({ settings, match, port, client }: NixosSsh): NixOptions {
  const entries = Object.entries(settings).map(([name, value]) => ({ keyword: keywordOf(name), value }));
  const single = entries.filter(({ keyword }) => sshdKeyword(keyword)?.several !== 'lines');
  const keys = entries.find(({ keyword }) => keyword === 'HostKey');
  const repeated = entries.filter(
    ({ keyword }) => sshdKeyword(keyword)?.several === 'lines' && keyword !== 'HostKey',
  );
  const lines = repeated.flatMap(({ keyword, value }) => sshdLines(keyword, value));
  const blocks = match.length === 0 ? '' : sshdConfigText({}, match);
  const extra = `${lines.map((line) => `${line}\n`).join('')}${blocks}`;
  return {
    services: {
      openssh: {
        enable: true,
        ports: [port],
        ...(keys === undefined ? {} : { hostKeys: hostKeys(keys.value) }),
        settings: Object.fromEntries(single.map(({ keyword, value }) => option(keyword, value))),
        ...(extra === '' ? {} : { extraConfig: extra }),
      },
    },
    ...(client === undefined ? {} : { programs: { ssh: { extraConfig: client } } }),
  };
}

function keywordOf(name: string): string {
  return sshdKeyword(name)?.name ?? name;
}

/** An option of NixOS and its value; what has no type of its own there is text as it stands in the file. */
function option(keyword: string, value: SshdValue): readonly [string, unknown] {
  const text = sshdLines(keyword, value)
    .join('')
    .slice(keyword.length + 1);
  const list = LISTS[keyword];
  if (list !== undefined) return [list, text.split(sshdKeyword(keyword)?.several === ',' ? ',' : ' ')];
  const isOn = text.toLowerCase();
  if (typeof value === 'boolean' || (keyword in SWITCHES && ['yes', 'no'].includes(isOn)))
    return [SWITCHES[keyword] ?? keyword, isOn === 'yes'];
  return [keyword, typeof value === 'number' ? value : text];
}

/** NixOS makes keys that are not there, so it has to know their types. */
function hostKeys(value: SshdValue) {
  return [value].flat().map((path) => {
    const type = /(?:^|_)(ed25519|rsa|ecdsa)_key$/.exec(String(path))?.[1];
    if (type === undefined) throw noKeyType(String(path));
    return { path, type, ...(type === 'rsa' ? { bits: 4096 } : {}) };
  });
}

function noKeyType(path: string): HomelabError {
  return new HomelabError({
    code: 'role/no-key-type',
    message: `of the host key ${path} NixOS would have to know the type`,
    hint: 'Call it as ssh-keygen does: /etc/ssh/ssh_host_ed25519_key, …_rsa_key or …_ecdsa_key.',
  });
}
