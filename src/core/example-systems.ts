import { FACT_EXAMPLES, type Facts } from './facts.js';

/** A system as a small machine of that sort reports it. */
function system(os: Partial<Facts['os']>, rest: Partial<Omit<Facts, 'os'>> = {}): Facts {
  return { ...FACT_EXAMPLES, ...rest, os: { ...FACT_EXAMPLES.os, ...os } };
}

/** Systems that roles are made for, the most usual one first: what a role asks for is tried on them before a host was asked. */
export const EXAMPLE_SYSTEMS = {
  debian12: FACT_EXAMPLES,
  debian13: system(
    { version: '13', codename: 'trixie', name: 'Debian GNU/Linux 13 (trixie)' },
    { kernel: '6.12.43-amd64', openssh_version: '10.0' },
  ),
  ubuntu2404: system(
    { id: 'ubuntu', version: '24.04', codename: 'noble', name: 'Ubuntu 24.04.2 LTS' },
    { kernel: '6.8.0-60-generic', openssh_version: '9.6' },
  ),
  fedora: system(
    { id: 'fedora', family: 'redhat', version: '42', codename: '', name: 'Fedora Linux 42 (Server Edition)' },
    { package_manager: 'dnf', kernel: '6.14.0-63.fc42.x86_64', openssh_version: '9.9' },
  ),
  alpine: system(
    { id: 'alpine', family: 'alpine', version: '3.21.3', codename: '', name: 'Alpine Linux v3.21' },
    { package_manager: 'apk', init: 'openrc', kernel: '6.12.13-0-lts', openssh_version: '9.9' },
  ),
  nixos: system(
    { id: 'nixos', family: 'nixos', version: '24.11', codename: 'vicuna', name: 'NixOS 24.11 (Vicuna)' },
    { package_manager: 'nix', kernel: '6.6.74', openssh_version: '9.9' },
  ),
} as const satisfies Readonly<Record<string, Facts>>;

export type ExampleSystem = keyof typeof EXAMPLE_SYSTEMS;
