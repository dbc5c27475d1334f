import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HomelabError } from '../../core/errors.js';
import { createRegistry } from '../../core/registry.js';
import { createRoleRegistry } from '../../core/role-registry.js';
import { controllerErrors } from '../../inventory/controller-settings.js';
import { openPing } from '../../inventory/drift-settings.js';
import { readInventory } from '../../inventory/load-inventory.js';
import { openNotify } from '../../inventory/open-notify.js';
import { Problems } from '../../inventory/problems.js';
import { SETTINGS_FILE } from '../../inventory/project.js';
import { selectHosts } from '../../inventory/select-hosts.js';
import { parseSetFlags } from '../../inventory/set-flag.js';
import { readSettings, type Settings, type SettingsReading } from '../../inventory/settings.js';
import { checkPlaybooks } from '../../playbook/compile.js';
import { rollingErrors } from '../../rolling/run/rolling-errors.js';
import { collect, Mistakes } from '../../playbook/mistakes.js';
import type { SecretOpener } from '../../secrets/secret-opener.js';
import { askHidden } from './ask-person.js';
import { createOpener } from './create-opener.js';
import { tagWords, type PlaybookFlagValues } from './flags.js';
import { projectPlaybooks } from './project-playbooks.js';
import type { ProjectFlagValues } from './project-command.js';

/** What a project holds, and everything that is wrong with it. */
export interface CheckedProject {
  /** Settings first, then the inventory, playbooks, templates; in each in the order of places. */
  readonly errors: readonly HomelabError[];
  readonly hosts: number;
  readonly plays: number;
  /** Roles and items as written, in all plays. */
  readonly roles: number;
  readonly items: number;
}

/**
 * Looks at all files of a project, whatever is wrong with some of them: a mistake hides nothing but what follows from it.
 * @throws HomelabError, HomelabErrors `usage/…` for what is wrong with the flags
 */
export async function checkProject(
  dir: string,
  flags: ProjectFlagValues & PlaybookFlagValues,
): Promise<CheckedProject> {
  const setVars = parseSetFlags(flags.set ?? []);
  const reading = readSettings(dir);
  const found = new Mistakes();
  found.add(reading.errors);
  const secrets = createOpener(reading.settings, askHidden);
  found.add(await sealedProblems(reading.settings, secrets));
  const inventoryFile = flags.inventory ?? reading.settings.inventory;
  const { inventory, errors, isComplete, brokenHosts } = await readInventory({
    projectDir: dir,
    inventoryFile,
    setVars,
    secrets,
  });
  // Where the settings do not tell which inventory there is, none is missing.
  const isOther = flags.inventory === undefined && !reading.isKnown('inventory');
  found.add(errors.filter(({ code }) => !(isOther && code === 'inventory/not-found')));
  const noHosts: HomelabError[] = [];
  const hosts = collect(noHosts, () => selectHosts(inventory, ['all'])) ?? [];
  if (errors.length === 0) found.add(noHosts);
  // A name may be one of those that could not be read.
  if (isComplete) found.add(controllerErrors(reading.settings.controller, inventory));
  found.add(isComplete ? await rollingErrors(inventory) : []);
  const playbooks = flags.playbook ?? playbooksOf(dir, reading);
  const checked = await checkPlaybooks({
    projectDir: dir,
    inventory,
    playbooks,
    playbookPlaces: flags.playbook === undefined ? reading.settings.playbookPlaces : undefined,
    hosts,
    projectPlaybooks: projectPlaybooks(dir, reading.settings),
    kinds: createRegistry(),
    roles: createRoleRegistry(),
    secrets,
    ...tagWords(flags),
    doubts: { brokenHosts, isComplete: isComplete && noHosts.length === 0 },
  });
  found.add(checked.errors);
  return {
    errors: found.inOrder([SETTINGS_FILE, ...inventory.files, ...playbooks]),
    hosts: inventory.hosts.size,
    plays: checked.plays.length,
    roles: checked.roles,
    items: checked.items,
  };
}

/** What is wrong with what the settings hold encrypted. */
async function sealedProblems(
  { notify, drift }: Settings,
  secrets: SecretOpener,
): Promise<readonly HomelabError[]> {
  const problems = new Problems();
  await problems.collectAsync(() => openNotify(notify, secrets));
  await problems.collectAsync(() => openPing(drift, secrets));
  return problems.inOrder();
}

/** Where the settings do not tell which playbooks there are, the usual one is looked at if it is there. */
function playbooksOf(dir: string, { settings, isKnown }: SettingsReading): readonly string[] {
  if (isKnown('playbooks')) return settings.playbooks;
  return settings.playbooks.filter((file) => existsSync(resolve(dir, file)));
}
