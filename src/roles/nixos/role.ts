import { relative } from 'node:path/posix';
import { defineRole, type RoleItem } from '../../core/role.js';
import { NixExpression } from '../../render/nix-expression.js';
import { MODULE_FOLDER, moduleText, setOption } from '../shared/nixos-module.js';
import { nixosParams, type NixosParams } from './nixos-params.js';

/** The names of an option, apart: `a."b.c"` has two. The schema has looked at it. */
function namesOf(option: string): string[] {
  return (option.match(/"[^"]*"|[^."]+/g) ?? []).map((name) => name.replaceAll('"', ''));
}

/** One set of all options. @throws HomelabError `role/option-twice` */
function optionsOf({ options, packages }: NixosParams): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const [option, value] of Object.entries(options)) setOption(all, namesOf(option), value);
  if (packages.length === 0) return all;
  const list = packages.map((name) => new NixExpression(`pkgs.${name}`));
  setOption(all, ['environment', 'systemPackages'], list);
  return all;
}

/** Paths below /etc/nixos are relative: a flake takes no others. */
function importOf(path: string): NixExpression {
  if (!path.startsWith('/etc/nixos/')) return new NixExpression(path);
  const way = relative(MODULE_FOLDER, path);
  return new NixExpression(way.startsWith('.') ? way : `./${way}`);
}

/** A module in the module, so that what it says is added to the options and not in their place. */
function rawImport(raw: string): NixExpression {
  return new NixExpression(`\n{ config, lib, pkgs, ... }:\n{\n${raw}\n}\n`);
}

function items(wanted: NixosParams): RoleItem[] {
  const { name, imports, raw, apply, generations } = wanted;
  const own = moduleText({
    options: optionsOf(wanted),
    imports: [...imports.map(importOf), ...(typeof raw === 'string' ? [rawImport(raw)] : [])],
  });
  const whole = Object.entries(typeof raw === 'object' ? raw : {});
  return [[name, own] as const, ...whole].map(([module, content]) => ({
    name: `module ${module}`,
    kind: 'nixos_module',
    params: {
      path: `${MODULE_FOLDER}/${module}.nix`,
      content,
      apply,
      ...(generations === undefined ? {} : { generations }),
    },
  }));
}

/** Options of NixOS, in the words of YAML. */
export default defineRole<NixosParams>({
  summary: 'NixOS has the options that are written here, or modules of your own: proven before they last',
  params: nixosParams,
  examples: [
    { options: { 'services.openssh': { enable: true, settings: { PasswordAuthentication: false } } } },
    {
      name: 'database',
      options: {
        'services.mysql': {
          enable: true,
          package: { _nix: 'pkgs.mariadb' },
          settings: { mysqld: { 'bind-address': '0.0.0.0' } },
        },
        'services.nfs.server': {
          enable: true,
          exports: '/srv/nfs 192.168.1.21(rw,sync,no_subtree_check)\n',
        },
        'networking.firewall.allowedTCPPorts': [3306, 2049],
        'networking.hosts."192.168.1.21"': ['gitea.lan'],
      },
      packages: ['htop', 'python3Packages.requests'],
      imports: ['/etc/nixos/disks.nix'],
      generations: 10,
    },
    { name: 'own', raw: 'services.nginx.enable = lib.mkDefault true;' },
    {
      name: 'whole',
      raw: { motd: '{ config, ... }: {\n  users.motd = "${config.networking.hostName}\\n";\n}\n' },
      apply: 'boot',
    },
  ],
  refuses: ({ os }) =>
    os.id === 'nixos' ? undefined : `options of NixOS are for NixOS alone, and it runs ${os.name}`,
  items: (wanted) => ({ items: items(wanted) }),
});
