import * as z from 'zod';
import { CONFIGURATION_FILE, HOOK_FILE } from './nix-imports.js';
import { pathSchema } from './schemas.js';

const NIX_PATH = /^\/[A-Za-z0-9._+/-]+\.nix$/;

const modulePath = pathSchema
  .refine((path) => NIX_PATH.test(path), 'has to end in .nix and hold only letters, digits and . _ + -')
  .refine(
    (path) => path !== CONFIGURATION_FILE && path !== HOOK_FILE,
    'is a file that imports modules: name the module itself',
  );

/** What the kind takes. */
export const nixModuleParams = z
  .strictObject({
    path: modulePath.describe(
      'absolute path of the module, e.g. /etc/nixos/homelab/web.nix; its directory is made',
    ),
    content: z.string().optional().describe('the module; everybody can read it in the Nix store: no secrets'),
    template: z
      .string()
      .min(1)
      .optional()
      .describe('instead: file in `templates/`, rendered with Handlebars'),
    vars: z.record(z.string(), z.unknown()).optional().describe('variables for this template alone'),
    others: z
      .array(
        z.strictObject({
          path: modulePath.describe('absolute path of the module'),
          content: z.string().describe('the module'),
        }),
      )
      .default([])
      .describe('further modules that the same rebuild is for: all are applied, or none'),
    import: z
      .boolean()
      .default(true)
      .describe(`import it, by ${HOOK_FILE}, in ${CONFIGURATION_FILE}; false: leave that as found`),
    apply: z
      .enum(['switch', 'boot', 'test', 'none'])
      .default('switch')
      .describe(
        'how nixos-rebuild makes it so. switch: now, and once a new login has proven that, at boot; boot: at the next boot; test: until the next boot; none: not here',
      ),
    generations: z
      .int()
      .min(2)
      .max(1000)
      .optional()
      .describe('with switch and boot: how many generations are kept to go back to; default: all'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent imports it no more, removes the file and rebuilds'),
  })
  .superRefine((wanted, context) => {
    for (const message of mistakes(wanted)) context.addIssue({ code: 'custom', message });
  });

export type NixModuleParams = z.output<typeof nixModuleParams>;

/** A module: where it is, and what it holds. */
export interface NixModule {
  readonly path: string;
  readonly content: string;
}

/** All modules of an item, its own first. */
export function modulesOf({ path, content = '', others }: NixModuleParams): readonly NixModule[] {
  return [{ path, content }, ...others];
}

/** What speaks against parameters that are right one by one. */
function mistakes(wanted: NixModuleParams): string[] {
  const { path, content, template, vars, state, others, apply, generations } = wanted;
  const given = [content, template].filter((one) => one !== undefined).length;
  const paths = [path, ...others.map((one) => one.path)];
  const isPresent = state === 'present';
  const isKeeping = apply === 'switch' || apply === 'boot';
  return [
    ...(isPresent && given !== 1 ? ['needs exactly one of `content` and `template`'] : []),
    ...(isPresent || given === 0
      ? []
      : ['a module that is to be absent has neither `content` nor `template`']),
    ...(isPresent || others.length === 0 ? [] : ['a module that is to be absent has no `others`']),
    ...(vars !== undefined && template === undefined ? ['`vars` are for a `template`'] : []),
    ...(new Set(paths).size < paths.length ? ['names a module twice'] : []),
    ...(generations !== undefined && !isKeeping ? ['`generations` are for `apply: switch` and `boot`'] : []),
  ];
}
