import * as z from 'zod';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Names with dots between them; one that has a dot itself stands in quotes. */
const OPTION = /^(?:[A-Za-z_][\w'-]*|"[^"\\$\p{Cc}]+")(?:\.(?:[A-Za-z_][\w'-]*|"[^"\\$\p{Cc}]+"))*$/u;

const moduleText = z.string().refine((text) => !text.includes('\0'), 'cannot hold a NUL');

const importSchema = z
  .string()
  .regex(
    /^(?:\/(?!nix\/)[A-Za-z0-9._+/-]*[A-Za-z0-9_+-](?:\.[A-Za-z0-9]+)?|<[A-Za-z0-9._+/-]+>)$/,
    'must be an absolute path, or one like <nixpkgs/nixos/modules/profiles/hardened.nix>',
  );

/** What the role takes. */
export const nixosParams = z
  .strictObject({
    name: z
      .string()
      .regex(NAME, 'must begin with a letter or a digit, and hold only those, dashes and underscores')
      .default('nixos')
      .describe('of the module: /etc/nixos/homelab/NAME.nix. Two entries of the role need two names'),
    options: z
      .record(
        z.string().regex(OPTION, 'must be an option, e.g. services.openssh or networking.hosts."127.0.0.1"'),
        z.unknown(),
      )
      .default({})
      .describe(
        'options and their values, e.g. services.openssh: { enable: true }. Dots part names in these keys alone, not below. `{ _nix: "pkgs.mariadb" }` is an expression',
      ),
    packages: z
      .array(
        z
          .string()
          .regex(
            /^[A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*$/,
            'must be an attribute of pkgs, e.g. htop or python3Packages.requests',
          ),
      )
      .default([])
      .describe('packages for everybody, as attributes of pkgs'),
    imports: z
      .array(importSchema)
      .default([])
      .describe('further modules that are on the host: absolute paths, or <nixpkgs/…>'),
    raw: z
      .union([
        moduleText,
        z.record(z.string().regex(NAME, 'must be a name of a module, without .nix'), moduleText),
      ])
      .optional()
      .describe(
        'text of Nix: the members of a set of options, which know config, lib and pkgs; or whole modules by their names',
      ),
    apply: z
      .enum(['switch', 'boot', 'test', 'none'])
      .default('switch')
      .describe('as of the kind nixos_module: now and, once it is proven, at boot; or only one of both'),
    generations: z
      .int()
      .min(2)
      .max(1000)
      .optional()
      .describe('how many generations are kept to go back to; left out: all'),
  })
  .superRefine(({ name, raw, apply, generations }, context) => {
    const complain = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if (typeof raw === 'object' && Object.hasOwn(raw, name))
      complain(['raw', name], 'is the name of the module of the options');
    if (generations !== undefined && apply !== 'switch' && apply !== 'boot')
      complain(['generations'], 'goes with `apply: switch` and `boot`');
  });

export type NixosParams = z.output<typeof nixosParams>;
