import { HomelabError } from '../../core/errors.js';
import type { MaybeState, State, StateValue } from '../../core/state.js';
import type { Step } from '../../core/step.js';
import { foundText, writeText } from './edited-file.js';
import { NEW_FILE_MODE } from './managed-file.js';
import { CONFIGURATION_FILE, HOOK_FILE, hookText, importsHook, withHook } from './nix-imports.js';

/** Nix itself reads what is to replace a file. */
export const VALIDATE = ['nix-instantiate', '--parse', '{{candidate}}'];

/** @throws HomelabError `task/no-imports` where nothing can be imported without being told how */
export function requireImports(configuration: MaybeState): void {
  const text = foundText(configuration);
  if (!importsHook(text) && withHook(text) === undefined) throw noImports();
}

/** The configuration's text and access under names of their own. */
export function onConfiguration(found: MaybeState): Record<string, StateValue> {
  if (found === null) return {};
  return Object.fromEntries(Object.entries(found).map(([field, value]) => [`configuration.${field}`, value]));
}

function configurationIn(before: MaybeState): State {
  const prefix = 'configuration.';
  const own = Object.entries(before ?? {}).filter(([field]) => field.startsWith(prefix));
  return Object.fromEntries(own.map(([field, value]) => [field.slice(prefix.length), value]));
}

/** The list of modules comes first: the configuration must not name a file that is not there. */
export function importSteps(
  paths: readonly string[],
  modules: readonly string[],
  before: MaybeState,
): Step[] {
  const isListed = paths.every((path) => modules.includes(path));
  const steps: Step[] = isListed ? [] : [writeHook([...modules, ...paths])];
  const configuration = configurationIn(before);
  const text = foundText(configuration);
  if (importsHook(text)) return steps;
  const edited = withHook(text) ?? text;
  return [...steps, writeText(CONFIGURATION_FILE, edited, configuration, { validate: VALIDATE })];
}

/** The file that imports `modules`. */
export function writeHook(modules: readonly string[]): Step {
  const body = hookText(modules);
  return {
    do: 'write',
    path: HOOK_FILE,
    body,
    mode: NEW_FILE_MODE,
    owner: 'root',
    group: 'root',
    validate: VALIDATE,
  };
}

function noImports(): HomelabError {
  return new HomelabError({
    code: 'task/no-imports',
    message: `${CONFIGURATION_FILE} has no list \`imports\` to add ${HOOK_FILE} to`,
    hint: 'Add `imports = [ ./homelab.nix ];` to it, or set `import: false` and import the module yourself.',
  });
}
