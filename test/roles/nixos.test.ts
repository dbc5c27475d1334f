import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Secret } from '../../src/core/secret.js';
import role from '../../src/roles/nixos/role.js';
import { ARCHITECTURES, factsOf, SYSTEMS } from './fact-presets.js';
import { moduleValue, withNix } from './nixos-modules.js';
import { roleItems } from './role-items.js';

const HEAD = '# Kept by homelab: changes by hand are overwritten.\n{ config, lib, pkgs, ... }:\n{\n';

/** The items on a machine of NixOS, and the text of its module. */
function onNixos(params: object) {
  const answer = roleItems(role, params, { system: 'nixos' });
  return { ...answer, text: String(answer.items[0]?.params['content']) };
}

describe('a module of options', () => {
  test.each<readonly [string, object, string]>([
    ['nothing', {}, ''],
    [
      'nested',
      { options: { services: { openssh: { enable: true, ports: [22, 2222] } } } },
      '  services = {\n    openssh = {\n      enable = true;\n      ports = [ 22 2222 ];\n    };\n  };\n',
    ],
    [
      'by paths, one laid over the other',
      { options: { 'services.mysql.enable': true, 'services.mysql': { package: { _nix: 'pkgs.mariadb' } } } },
      '  services = {\n    mysql = {\n      enable = true;\n      package = pkgs.mariadb;\n    };\n  };\n',
    ],
    [
      'names with dots',
      { options: { 'networking.hosts."10.0.0.1"': ['a.lan'], b: { 'c.d': 1 } } },
      '  networking = {\n    hosts = {\n      "10.0.0.1" = [ "a.lan" ];\n    };\n  };\n  b = {\n    "c.d" = 1;\n  };\n',
    ],
    [
      'packages',
      { packages: ['htop', 'python3Packages.requests'] },
      '  environment = {\n    systemPackages = [ pkgs.htop pkgs.python3Packages.requests ];\n  };\n',
    ],
    [
      'imports',
      {
        imports: ['/etc/nixos/disks.nix', '/etc/nixos/homelab/x.nix', '/srv/y.nix', '<nixpkgs/nixos/z.nix>'],
      },
      '  imports = [ (../disks.nix) (./x.nix) (/srv/y.nix) (<nixpkgs/nixos/z.nix>) ];\n',
    ],
    [
      'lines of text',
      { options: { 'services.nfs.server.exports': '/srv ${x} 10.0.0.1(rw)\n' } },
      '  services = {\n    nfs = {\n      server = {\n        exports = "/srv \\${x} 10.0.0.1(rw)\\n";\n      };\n    };\n  };\n',
    ],
  ])('%s', (_name, params, body) => {
    expect(onNixos(params).text).toBe(`${HEAD}${body}}\n`);
  });

  test('is one item, applied and proven', () => {
    expect(onNixos({}).items).toEqual([
      {
        name: 'module nixos',
        kind: 'nixos_module',
        params: { path: '/etc/nixos/homelab/nixos.nix', content: `${HEAD}}\n`, apply: 'switch' },
      },
    ]);
    expect(onNixos({ name: 'web', apply: 'boot', generations: 4 }).params('module web')).toMatchObject({
      path: '/etc/nixos/homelab/web.nix',
      apply: 'boot',
      generations: 4,
    });
  });

  test('whole modules are files of their own', () => {
    const { items } = onNixos({ raw: { motd: '{ users.motd = "x"; }\n' } });
    expect(items.map(({ params: { path, content } }) => [path, content])).toEqual([
      ['/etc/nixos/homelab/nixos.nix', `${HEAD}}\n`],
      ['/etc/nixos/homelab/motd.nix', '{ users.motd = "x"; }\n'],
    ]);
  });
});

describe('what real Nix makes of it', () => {
  withNix.each(role.examples.map((example) => [JSON.stringify(example), example]))(
    '%s',
    (_shown, example) => {
      for (const { params } of onNixos(example as object).items) moduleValue(String(params['content']));
    },
  );

  withNix('text that is added', () => {
    const { text } = onNixos({
      options: { a: 1 },
      raw: 'a = lib.mkDefault 2; # two\nb = "${config.networking.hostName}";',
    });
    expect(moduleValue(text)).toEqual({ a: 1, imports: [{ a: { default: 2 }, b: 'box' }] });
  });

  withNix('any value stays in its place', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '$', '{', '}', '"', '\\', "'", '\n', ';', '#', '☂', ' '),
    });
    const value = fc.anything({
      values: [text, fc.boolean(), fc.integer(), fc.constant(null)],
      key: text,
      maxDepth: 2,
    });
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 30 }), (values) => {
        const found: unknown = moduleValue(onNixos({ options: { 'a.b': { c: values } } }).text);
        expect(found).toEqual({ a: { b: { c: JSON.parse(JSON.stringify(values)) } }, imports: [] });
      }),
      { numRuns: 10 },
    );
  });
});

describe('refuses', () => {
  test.each<readonly [string, object, string]>([
    ['an option twice', { options: { 'a.b': 1, a: { b: 2 } } }, 'role/option-twice'],
    ['an option in a value', { options: { a: 1, 'a.b': 2 } }, 'role/option-twice'],
    [
      'packages twice',
      { options: { 'environment.systemPackages': [] }, packages: ['htop'] },
      'role/option-twice',
    ],
    ['an expression with more', { options: { a: { _nix: 'x', b: 1 } } }, 'render/cannot-encode'],
    ['a NUL', { options: { a: '\0' } }, 'render/cannot-encode'],
    ['a secret', { options: { a: { b: [new Secret('hush')] } } }, 'render/secret-in-store'],
  ])('%s', (_name, params, code) => {
    expect(() => onNixos(params)).toThrow(expect.objectContaining({ code, hint: expect.any(String) }));
  });

  test.each<readonly [string, object]>([
    ['another name', { name: '../x' }],
    ['an empty name in an option', { options: { 'a..b': 1 } }],
    ['an expression as an option', { options: { 'a.${b}': 1 } }],
    ['a quote in an option', { options: { 'a."b': 1 } }],
    ['code as a package', { packages: ['htop; x'] }],
    ['code as an import', { imports: ['/etc/x.nix ]; a = [ 1'] }],
    ['a relative import', { imports: ['./x.nix'] }],
    ['a module twice', { raw: { nixos: '{ }' } }],
    ['a path as a module', { raw: { '../x': '{ }' } }],
    ['a NUL in text', { raw: 'a\0' }],
    ['generations of nothing', { apply: 'test', generations: 3 }],
  ])('%s', (_name, params) => {
    expect(role.params.safeParse(params).success).toBe(false);
  });

  test.each(SYSTEMS.flatMap((system) => ARCHITECTURES.map((arch) => [system, arch] as const)))(
    'every system but NixOS: %s on %s',
    (system, arch) => {
      const reason = role.refuses?.(factsOf(system, { arch }));
      if (system === 'nixos') expect(reason).toBeUndefined();
      else expect(reason).toContain(`it runs ${factsOf(system).os.name}`);
    },
  );
});
