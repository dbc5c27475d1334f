import { resolve } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import type { HostConfig, Inventory } from '../../core/host-config.js';
import { Timings } from '../../core/timings.js';
import { loadInventory, type InventoryOptions } from '../../inventory/load-inventory.js';
import { findProject } from '../../inventory/project.js';
import { selectHosts } from '../../inventory/select-hosts.js';
import { parseSetFlags } from '../../inventory/set-flag.js';
import { loadSettings, type Settings } from '../../inventory/settings.js';
import { isOtherInventory } from '../../inventory/sources.js';
import type { SecretOpener } from '../../secrets/secret-opener.js';
import { askHidden } from './ask-person.js';
import { createOpener } from './create-opener.js';
import { HomelabCommand, type DisplayFlagValues, type Screen } from './base-command.js';

/** The flags of every command that works on a project. */
export interface ProjectFlagValues extends DisplayFlagValues {
  readonly project?: string | undefined;
  readonly inventory?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** What the flags say in place of the project. */
export interface Instead {
  /** Another inventory than its own, absolute; undefined: its own. */
  readonly inventory: string | undefined;
  /** Variables, as `--set` was given them. */
  readonly variables: readonly string[];
}

/** A project of which the settings are known. */
export interface OpenSettings {
  /** Absolute. */
  readonly dir: string;
  readonly settings: Settings;
  readonly screen: Screen;
  readonly instead: Instead;
}

/** A project, read and checked. */
export interface OpenProject extends OpenSettings {
  readonly inventory: Inventory;
  /** Opens what the project has encrypted; asks for a passphrase once where one is needed. */
  readonly secrets: SecretOpener;
}

/** A command that works on a project. */
export abstract class ProjectCommand extends HomelabCommand {
  protected readonly timings = new Timings();

  /** Lets a question have the terminal; until somebody else uses it, it is free. */
  protected pauseFor: <T>(ask: () => Promise<T>) => Promise<T> = (ask) => ask();

  /**
   * Finds the project and reads its inventory. A command that reads no variables needs no identity: it leaves what is
   * encrypted `sealed`.
   * @throws HomelabError, HomelabErrors `project/…`, `inventory/…`, `yaml/…`, `secret/…`
   */
  protected async openProject(
    flags: ProjectFlagValues,
    variables: 'opened' | 'sealed' = 'sealed',
  ): Promise<OpenProject> {
    const startMs = this.timings.add('start', null, 0);
    const opened = await this.openSettings(flags);
    const { dir, settings } = opened;
    const secrets = createOpener(settings, (question) => this.pauseFor(() => askHidden(question)));
    const inventory = await loadInventory({
      ...this.inventoryOptions({ dir, settings }, flags),
      secrets: variables === 'opened' ? secrets : variables,
    });
    this.timings.add('project', null, startMs);
    return { ...opened, inventory, secrets };
  }

  /** Where the inventory is, and what the flags say of it; what is encrypted stays so. @throws HomelabError `usage/…` */
  protected inventoryOptions(
    { dir, settings }: Pick<OpenSettings, 'dir' | 'settings'>,
    flags: ProjectFlagValues,
  ): InventoryOptions {
    const inventoryFile = flags.inventory ?? settings.inventory;
    return { projectDir: dir, inventoryFile, setVars: parseSetFlags(flags.set ?? []), secrets: 'sealed' };
  }

  /** Finds the project and reads its settings alone. @throws HomelabError, HomelabErrors `project/…`, `yaml/…` */
  protected async openSettings(flags: ProjectFlagValues): Promise<OpenSettings> {
    const screen = await this.screen(flags);
    const dir = this.findProject(flags);
    const settings = loadSettings(dir);
    return { dir, settings, screen, instead: this.instead({ dir, settings }, flags) };
  }

  /** What the flags say in place of the project. */
  protected instead(
    { dir, settings }: Pick<OpenSettings, 'dir' | 'settings'>,
    { inventory, set = [] }: ProjectFlagValues,
  ): Instead {
    const file = inventory === undefined ? undefined : resolve(inventory);
    const isOther =
      file !== undefined && isOtherInventory(file, { projectDir: dir, own: settings.inventory });
    return { inventory: isOther ? file : undefined, variables: set };
  }

  /** The project's folder, absolute; files in errors are relative to it from now on. @throws HomelabError `project/not-found` */
  protected findProject({ project }: Pick<ProjectFlagValues, 'project'>): string {
    this.projectDir = findProject(process.cwd(), project);
    return this.projectDir;
  }

  /**
   * The hosts that the arguments choose; all where there are none.
   * @throws HomelabError `usage/unknown-host`, `usage/no-hosts`, `usage/pattern`; `inventory/no-hosts` where there are none
   */
  protected chooseHosts({ inventory }: OpenProject, patterns: readonly string[]): readonly HostConfig[] {
    if (patterns.length === 0 || inventory.hosts.size === 0) return selectHosts(inventory, ['all']);
    try {
      return selectHosts(inventory, patterns);
    } catch (thrown) {
      if (!(thrown instanceof HomelabError)) throw thrown;
      // What the inventory lacks was asked for on the command line: the mistake is there.
      const { code, message, hint } = thrown;
      throw new HomelabError({ code: code.replace(/^inventory\//, 'usage/'), message, hint });
    }
  }
}
