import { dirname } from 'node:path/posix';
import * as z from 'zod';
import { Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { Facts } from '../core/facts.js';
import type { MaybeState } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { fileContents } from '../probes/file-contents.js';
import { foundText, readTextFile } from './shared/edited-file.js';
import { NEW_FILE_MODE, probeFile, type ManagedFile } from './shared/managed-file.js';
import {
  importSteps,
  onConfiguration,
  requireImports,
  VALIDATE,
  writeHook,
} from './shared/nix-import-steps.js';
import { CONFIGURATION_FILE, HOOK_FILE, importedModules, importsHook } from './shared/nix-imports.js';
import {
  isApplied,
  rebuildStep,
  rebuildWithoutStep,
  stampPaths,
  type Rebuild,
} from './shared/nix-rebuild.js';
import { pathSchema } from './shared/schemas.js';

const NIX_PATH = /^\/[A-Za-z0-9._+/-]+\.nix$/;

const params = z
  .strictObject({
    path: pathSchema
      .refine((path) => NIX_PATH.test(path), 'has to end in .nix and hold only letters, digits and . _ + -')
      .refine(
        (path) => path !== CONFIGURATION_FILE && path !== HOOK_FILE,
        'is a file that imports modules: name the module itself',
      )
      .describe('absolute path of the module, e.g. /etc/nixos/homelab/web.nix; its directory is made'),
    content: z.string().optional().describe('the module; everybody can read it in the Nix store: no secrets'),
    template: z
      .string()
      .min(1)
      .optional()
      .describe('instead: file in `templates/`, rendered with Handlebars'),
    vars: z.record(z.string(), z.unknown()).optional().describe('variables for this template alone'),
    import: z
      .boolean()
      .default(true)
      .describe(`import it, by ${HOOK_FILE}, in ${CONFIGURATION_FILE}; false: leave that as found`),
    apply: z
      .enum(['switch', 'boot', 'test', 'none'])
      .default('switch')
      .describe(
        'how nixos-rebuild makes it so: now and at boot, at the next boot, until the next boot; none: not here',
      ),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent imports it no more, removes the file and rebuilds'),
  })
  .superRefine(({ content, template, vars, state }, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    const given = [content, template].filter((one) => one !== undefined).length;
    if (state === 'present' && given !== 1) complain('needs exactly one of `content` and `template`');
    if (state === 'absent' && given !== 0)
      complain('a module that is to be absent has neither `content` nor `template`');
    if (vars !== undefined && template === undefined) complain('`vars` are for a `template`');
  });

type ModuleParams = z.output<typeof params>;

function moduleFile({ path, content, state }: ModuleParams): ManagedFile {
  return { path, content, state, backup: false, sensitive: false };
}

function requireNixos({ os }: Facts): void {
  if (os.id === 'nixos') return;
  throw new HomelabError({
    code: 'task/unsupported',
    message: `modules are for NixOS, and this host runs ${os.name}`,
    hint: 'Leave the item out here with `when: { os_id: nixos }`.',
  });
}

/** Never null where the module is wanted: what imports it is needed to write it. */
async function probe(host: ReadableHost, wanted: ModuleParams): Promise<MaybeState> {
  requireNixos(host.facts);
  const isWanted = wanted.state === 'present';
  const [file, hook, configuration, ...stamps] = await Promise.all([
    probeFile(host, moduleFile(wanted)),
    readTextFile(host, HOOK_FILE),
    isWanted && wanted.import ? readTextFile(host, CONFIGURATION_FILE) : null,
    ...stampPaths(wanted.path).map((path) => host.read(fileContents, path)),
  ]);
  if (isWanted && wanted.import) requireImports(configuration);
  const isListed = importedModules(foundText(hook)).includes(wanted.path);
  if (!isWanted && file === null && !isListed && stamps.every((stamp) => stamp === null)) return null;
  const isImported = isListed && importsHook(foundText(configuration));
  const content = file?.['content'];
  const sha256 = content instanceof Content ? content.sha256 : '';
  return {
    state: file === null ? 'absent' : 'present',
    content: content ?? null,
    imported: isImported,
    applied: isApplied(stamps, { ...rebuildOf(wanted), sha256 }) ? wanted.apply : null,
    isListed,
    hook: hook?.content ?? null,
    ...onConfiguration(configuration),
  };
}

/** What is wanted to have been applied. */
function rebuildOf({ apply, import: isImported, content = '' }: ModuleParams): Rebuild {
  return { apply, isImported, sha256: Content.of(content).sha256 };
}

function steps({ params: wanted, before, changed }: StepContext<ModuleParams>): Step[] {
  const { path, content = '', apply } = wanted;
  const modules = importedModules(foundText({ content: before?.['hook'] ?? null }));
  if (wanted.state === 'absent') {
    const rest = modules.filter((one) => one !== path);
    return [
      ...(modules.includes(path) ? [writeHook(rest)] : []),
      runStep(['rm', '-f', '--', path]),
      rebuildWithoutStep(path, apply),
    ];
  }
  const steps: Step[] = [];
  if (changed('content')) {
    steps.push(runStep(['mkdir', '-p', '--', dirname(path)]), {
      do: 'write',
      path,
      body: content,
      mode: NEW_FILE_MODE,
      owner: 'root',
      group: 'root',
      validate: VALIDATE,
    });
  }
  if (changed('imported')) steps.push(...importSteps(path, modules, before));
  if (apply !== 'none') steps.push(rebuildStep(path, rebuildOf(wanted)));
  return steps;
}

/** @throws HomelabError `task/secret-in-store`: what a module holds ends up in the store, which everybody can read */
function publicText(text: string | Secret): string {
  if (typeof text === 'string') return text;
  throw new HomelabError({
    code: 'task/secret-in-store',
    message: 'this module would hold a secret, and everybody on the host can read the Nix store',
    hint: 'Write the secret into a file of its own with `file`, mode 0400, and let the module name that file.',
  });
}

/** A module of a NixOS system. That a system was rebuilt is noted by us: nothing else tells what went into it. */
export default defineTask<ModuleParams>({
  summary: 'A module of a NixOS configuration is there, imported and applied',
  params,
  examples: [
    {
      path: '/etc/nixos/homelab/web.nix',
      content: '{ ... }: {\n  services.nginx.enable = true;\n}\n',
    },
    { path: '/etc/nixos/homelab/dns.nix', template: 'dns.nix.hbs', apply: 'boot' },
    { path: '/etc/nixos/homelab/old.nix', state: 'absent' },
  ],
  prepare: (wanted, project) =>
    wanted.template === undefined
      ? wanted
      : { ...wanted, content: publicText(project.render(wanted.template, wanted.vars ?? {})) },
  desired: (wanted) => {
    if (wanted.state === 'absent') return null;
    return {
      state: 'present',
      content: Content.of(wanted.content ?? ''),
      ...(wanted.import ? { imported: true } : {}),
      ...(wanted.apply === 'none' ? {} : { applied: wanted.apply }),
    };
  },
  probe,
  touches: ({ path }) => [path, HOOK_FILE, CONFIGURATION_FILE].map((one) => `path:${one}`),
  steps,
});
