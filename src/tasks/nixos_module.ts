import { dirname } from 'node:path/posix';
import { Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { Facts } from '../core/facts.js';
import type { MaybeState, StateValue } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { fileContents } from '../probes/file-contents.js';
import { foundText, readTextFile } from './shared/edited-file.js';
import { NEW_FILE_MODE, probeFile } from './shared/managed-file.js';
import {
  importSteps,
  onConfiguration,
  requireImports,
  VALIDATE,
  writeHook,
} from './shared/nix-import-steps.js';
import { CONFIGURATION_FILE, HOOK_FILE, importedModules, importsHook } from './shared/nix-imports.js';
import {
  modulesOf,
  nixModuleParams,
  type NixModule,
  type NixModuleParams,
} from './shared/nix-module-params.js';
import {
  isApplied,
  rebuildSteps,
  rebuildWithoutSteps,
  stampPaths,
  type Rebuild,
} from './shared/nix-rebuild.js';

/** The field of a state that says what a module holds. */
function fieldOf(wanted: NixModuleParams, { path }: NixModule): string {
  return path === wanted.path ? 'content' : `content.${path}`;
}

function requireNixos({ os }: Facts): void {
  if (os.id === 'nixos') return;
  throw new HomelabError({
    code: 'task/unsupported',
    message: `modules are for NixOS, and this host runs ${os.name}`,
    hint: 'Leave the item out here with `when: { os_id: nixos }`.',
  });
}

/** A module as it is found: its file, and whether it was applied as it is. */
async function probeModule(host: ReadableHost, wanted: NixModuleParams, { path, content }: NixModule) {
  const [file, ...stamps] = await Promise.all([
    probeFile(host, { path, content, state: wanted.state, backup: false, sensitive: false }),
    ...stampPaths(path).map((stamp) => host.read(fileContents, stamp)),
  ]);
  const found = file?.['content'];
  const sha256 = found instanceof Content ? found.sha256 : '';
  return {
    isThere: file !== null,
    content: found ?? null,
    isNoted: stamps.some((stamp) => stamp !== null),
    isApplied: isApplied(stamps, { path, apply: wanted.apply, isImported: wanted.import, sha256 }),
  };
}

/** Never null where the module is wanted: what imports it is needed to write it. */
async function probe(host: ReadableHost, wanted: NixModuleParams): Promise<MaybeState> {
  requireNixos(host.facts);
  const isWanted = wanted.state === 'present';
  const modules = modulesOf(wanted);
  const [hook, configuration, ...found] = await Promise.all([
    readTextFile(host, HOOK_FILE),
    isWanted && wanted.import ? readTextFile(host, CONFIGURATION_FILE) : null,
    ...modules.map((module) => probeModule(host, wanted, module)),
  ]);
  if (isWanted && wanted.import) requireImports(configuration);
  const listed = importedModules(foundText(hook));
  const isListed = modules.every(({ path }) => listed.includes(path));
  const isThere = found.some((one) => one.isThere);
  if (!isWanted && !isThere && !isListed && found.every((one) => !one.isNoted)) return null;
  const contents = modules.map((module, index): [string, StateValue] => [
    fieldOf(wanted, module),
    found[index]?.content ?? null,
  ]);
  return {
    state: isThere ? 'present' : 'absent',
    ...Object.fromEntries(contents),
    imported: isListed && importsHook(foundText(configuration)),
    applied: found.every((one) => one.isApplied) ? wanted.apply : null,
    isListed,
    hook: hook?.content ?? null,
    ...onConfiguration(configuration),
  };
}

/** What is wanted to have been applied, of one module. */
function rebuildOf({ apply, import: isImported }: NixModuleParams, { path, content }: NixModule): Rebuild {
  return { path, apply, isImported, sha256: Content.of(content).sha256 };
}

function writeModule({ path, content }: NixModule): Step[] {
  return [
    runStep(['mkdir', '-p', '--', dirname(path)]),
    {
      do: 'write',
      path,
      body: content,
      mode: NEW_FILE_MODE,
      owner: 'root',
      group: 'root',
      validate: VALIDATE,
    },
  ];
}

function steps({ params: wanted, before, changed }: StepContext<NixModuleParams>): Step[] {
  const { path, apply, generations } = wanted;
  const listed = importedModules(foundText({ content: before?.['hook'] ?? null }));
  if (wanted.state === 'absent') {
    const rest = listed.filter((one) => one !== path);
    return [
      ...(listed.includes(path) ? [writeHook(rest)] : []),
      runStep(['rm', '-f', '--', path]),
      ...rebuildWithoutSteps(path, apply, generations),
    ];
  }
  const modules = modulesOf(wanted);
  const paths = modules.map((module) => module.path);
  return [
    ...modules.filter((module) => changed(fieldOf(wanted, module))).flatMap(writeModule),
    ...(changed('imported') ? importSteps(paths, listed, before) : []),
    ...rebuildSteps(
      modules.map((module) => rebuildOf(wanted, module)),
      generations,
    ),
  ];
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

/** What changes with the item: a new system may alter anything, and the guard knows how the one of before comes back. */
function touches(wanted: NixModuleParams): string[] {
  const { apply } = wanted;
  const modules = modulesOf(wanted).map(({ path }) => path);
  const stamps = apply === 'none' ? [] : modules.flatMap((path) => stampPaths(path));
  const isActivated = apply === 'switch' || apply === 'test';
  return [
    ...[...modules, HOOK_FILE, CONFIGURATION_FILE, ...stamps].map((one) => `path:${one}`),
    ...(isActivated ? ['nixos:system', 'anything'] : []),
  ];
}

/** A module of a NixOS system. That a system was rebuilt is noted by us: nothing else tells what went into it. */
export default defineTask<NixModuleParams>({
  summary: 'A module of a NixOS configuration is there, imported and applied',
  params: nixModuleParams,
  examples: [
    {
      path: '/etc/nixos/homelab/web.nix',
      content: '{ ... }: {\n  services.nginx.enable = true;\n}\n',
      generations: 10,
    },
    { path: '/etc/nixos/homelab/dns.nix', template: 'dns.nix.hbs', apply: 'boot' },
    { path: '/etc/nixos/homelab/old.nix', state: 'absent' },
  ],
  prepare: (wanted, project) =>
    wanted.template === undefined
      ? wanted
      : { ...wanted, content: publicText(project.render(wanted.template, wanted.vars ?? {})) },
  join: (one, other) => {
    const isSame = one.apply === other.apply && one.import === other.import;
    const isWhole = [one, other].every(
      ({ state, template }) => state === 'present' && template === undefined,
    );
    if (!isSame || !isWhole) return undefined;
    const modules = [...modulesOf(one), ...modulesOf(other)];
    if (new Set(modules.map(({ path }) => path)).size < modules.length) return undefined;
    const [{ path, content }, ...others] = modules as [NixModule, ...NixModule[]];
    const kept = Math.max(one.generations ?? 0, other.generations ?? 0);
    return { ...one, path, content, others, generations: kept === 0 ? undefined : kept };
  },
  desired: (wanted) => {
    if (wanted.state === 'absent') return null;
    const contents = modulesOf(wanted).map((module) => [fieldOf(wanted, module), Content.of(module.content)]);
    return {
      state: 'present',
      ...(Object.fromEntries(contents) as Record<string, Content>),
      ...(wanted.import ? { imported: true } : {}),
      ...(wanted.apply === 'none' ? {} : { applied: wanted.apply }),
    };
  },
  probe,
  touches,
  steps,
});
