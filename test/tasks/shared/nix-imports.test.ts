import { describe, expect, test } from '@jest/globals';
import { hookText, importedModules, importsHook, withHook } from '../../../src/tasks/shared/nix-imports.js';

/** As nixos-generate-config writes it. */
const GENERATED = `{ config, lib, pkgs, ... }:

{
  imports =
    [ # Include the results of the hardware scan.
      ./hardware-configuration.nix
    ];
}
`;

describe('the list of modules', () => {
  test('is sorted, each once, relative where it can be, and read back', () => {
    const text = hookText(['/srv/x.nix', '/etc/nixos/homelab/b.nix', '/etc/nixos/a.nix', '/srv/x.nix']);
    expect(text).toBe(
      '# Kept by homelab: the modules of its tasks, one a line.\n{\n  imports = [\n    ./a.nix\n    ./homelab/b.nix\n    /srv/x.nix\n  ];\n}\n',
    );
    expect(importedModules(text)).toEqual(['/etc/nixos/a.nix', '/etc/nixos/homelab/b.nix', '/srv/x.nix']);
  });

  test('what is no module is left out', () => {
    expect(importedModules('    ./a b.nix\n  ./c.nix\n    evil ./d.nix\n    ./e.nix # x\n')).toEqual([]);
  });
});

describe('the configuration', () => {
  test.each<[string, string, string]>([
    ['generated', GENERATED, GENERATED.replace('[ #', '[ ./homelab.nix #')],
    ['empty list', '{ imports = []; }', '{ imports = [ ./homelab.nix]; }'],
    [
      'comments and strings that speak of it',
      "{ ... }: { # imports = [ ]\n /* imports = [ */ a = \"imports = [ ${ \"}\" } \\\" {\"; b = ''imports = [ ''${ ''' { '';\n  imports = [ ./x.nix ];\n}",
      "{ ... }: { # imports = [ ]\n /* imports = [ */ a = \"imports = [ ${ \"}\" } \\\" {\"; b = ''imports = [ ''${ ''' { '';\n  imports = [ ./homelab.nix ./x.nix ];\n}",
    ],
    [
      'the imports of a container before its own',
      '{\n  containers.a.config = { imports = [ ./c.nix ]; };\n  imports = [ ./x.nix ];\n}',
      '{\n  containers.a.config = { imports = [ ./c.nix ]; };\n  imports = [ ./homelab.nix ./x.nix ];\n}',
    ],
    ['a list that is joined', '{ imports = [ ] ++ more; }', '{ imports = [ ./homelab.nix ] ++ more; }'],
  ])('%s', (_name, text, edited) => {
    expect(importsHook(text)).toBe(false);
    expect(withHook(text)).toBe(edited);
    expect(importsHook(edited)).toBe(true);
  });

  test.each<[string, string]>([
    ['no imports', '{ ... }: { services.x.enable = true; }'],
    ["a container's imports alone", '{ containers.a.config = { imports = [ ]; }; }'],
    ['another attribute', '{ my.imports = [ ]; noimports = [ ]; }'],
    ['imports that are no list', '{ imports = map f [ ]; }'],
    ['an open string', '{ a = "; imports = [ ]; }'],
  ])('%s: nothing to add to', (_name, text) => {
    expect(withHook(text)).toBeUndefined();
  });

  test.each([
    ['{ imports = [ ./homelab.nix ]; }', true],
    ['{ imports = [ /etc/nixos/homelab.nix ./x.nix ]; }', true],
    ['{ imports = [ # ./homelab.nix\n ]; }', false],
    ['{ a = "./homelab.nix"; imports = [ ]; }', false],
    ['{ imports = [ ./homelab.nix.old ./my/homelab.nix ]; }', false],
  ])('%s imports it: %p', (text, expected) => {
    expect(importsHook(text)).toBe(expected);
  });
});
