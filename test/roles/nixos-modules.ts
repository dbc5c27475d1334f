import { expect, test } from '@jest/globals';
import { HAS_NIX, nixEval } from '../render/real-nix.js';

/** A test that real Nix is needed for. */
export const withNix = HAS_NIX ? test : test.skip;

/**
 * What a module says, as real Nix evaluates it where `pkgs` has some names and `lib` is not needed; its imports are called
 * as well, and are there under `imports`.
 */
export function moduleValue(text: string): ReturnType<typeof JSON.parse> {
  return nixEval(
    `let
  given = { config.networking.hostName = "box"; lib.mkDefault = value: { default = value; }; pkgs = { htop = "htop"; mariadb = "mariadb"; docker_28 = "docker_28"; python3Packages.requests = "requests"; }; };
  module = import ./module.nix given;
  called = map (one: if builtins.isFunction one then one given else toString one) (module.imports or [ ]);
in module // { imports = called; }`,
    { 'module.nix': text },
  );
}

/** That the module of an item is there, and says just this. */
export function expectModule(text: string, expected: object): void {
  const { imports, ...options } = moduleValue(text) as Record<string, unknown>;
  expect(imports).toEqual([]);
  expect(options).toEqual(expected);
}
