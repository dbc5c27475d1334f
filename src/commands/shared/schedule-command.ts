import { mkdirSync } from 'node:fs';
import { HomelabError } from '../../core/errors.js';
import { checkEnvironment, type CheckEnvironment } from '../../drift/schedule/check-environment.js';
import { parseEvery } from '../../drift/schedule/every.js';
import { findScheduler } from '../../drift/schedule/find-scheduler.js';
import { scheduleName } from '../../drift/schedule/schedule-name.js';
import type { Scheduled, Scheduler } from '../../drift/schedule/scheduler.js';
import { stateFolder } from '../../history/history-folder.js';
import { loadInventory } from '../../inventory/load-inventory.js';
import type { ScheduleView } from '../../report/schedule-view.js';
import { unattendedLogins } from '../../transport/unattended-login.js';
import { isOfAllItems } from './flags.js';
import type { OpenProject, OpenSettings } from './project-command.js';
import { RunCommand } from './run-command.js';
import { checkJob, type CheckFlagValues } from './schedule-job.js';
import { driftAudience } from './tell-drift-check.js';
import {
  digestNotes,
  requireOpenKeys,
  scheduleNotes,
  unattendedOpener,
  unlessLocked,
} from './unattended-checks.js';

/** What was asked for: hosts, and what a check is to do. */
export interface ScheduleRequest {
  readonly opened: OpenSettings;
  readonly flags: CheckFlagValues;
  readonly patterns: readonly string[];
}

/** What became of it. */
export interface Installed {
  readonly scheduled: Scheduled;
  readonly notes: readonly string[];
}

/** A command about the checks of a project that run by themselves. */
export abstract class ScheduleCommand extends RunCommand {
  /**
   * Lets a check run by itself, once it is known that it can be read and logged in to without anybody there.
   * @throws HomelabError, HomelabErrors `usage/…`, `schedule/…`, and what `validate` finds
   */
  protected async install(written: string, { opened, flags, patterns }: ScheduleRequest): Promise<Installed> {
    const every = parseEvery(written);
    const { env } = process;
    const environment = checkEnvironment(env, userId());
    const project = await this.#readUnattended({ opened, flags, patterns }, environment);
    const hosts = this.chooseHosts(project, patterns);
    const logins = await unattendedLogins({
      inventory: project.inventory,
      hosts,
      sshConfigFile: flags['ssh-config'] ?? opened.settings.sshConfig,
      env: environment.env,
    });
    requireOpenKeys(logins, environment);
    const folder = stateOf(opened);
    const place = { root: this.config.root, stateFolder: folder, hosts, sshKeys: logins.files };
    const job = checkJob({ project: opened, flags, patterns, every, environment, ...place });
    const scheduler = this.#scheduler(opened);
    makeFolder(folder);
    const scheduled = await scheduler.install(job);
    const isOfAll = hosts.length === project.inventory.hosts.size && isOfAllItems(flags);
    const isHeard = isOfAll || flags.notify !== true;
    const digest = isHeard ? [] : digestNotes(opened.settings);
    const notes = scheduleNotes(job, { kind: scheduler.kind, env, environment, logins });
    return { scheduled, notes: [...notes, ...digest] };
  }

  /** The project, checked as `validate` does, with what a check will have to open its secrets. */
  async #readUnattended(
    { opened, flags, patterns }: ScheduleRequest,
    environment: CheckEnvironment,
  ): Promise<OpenProject> {
    const secrets = unattendedOpener(environment, opened.settings.identity);
    return unlessLocked(async () => {
      const inventory = await loadInventory({ ...this.inventoryOptions(opened, flags), secrets });
      const project = { ...opened, inventory, secrets };
      await this.compile({ project, flags, patterns });
      await driftAudience(project, flags.notify === true);
      return project;
    });
  }

  /** Takes the schedule away. @returns whether there was one @throws HomelabError `schedule/…` */
  protected remove(opened: OpenSettings): Promise<boolean> {
    return this.#scheduler(opened).remove(scheduleName(opened.dir));
  }

  /** Undefined: nothing is scheduled. @throws HomelabError `schedule/…` */
  protected async look(opened: OpenSettings): Promise<ScheduleView | undefined> {
    const name = scheduleName(opened.dir);
    const scheduler = this.#scheduler(opened);
    const status = await scheduler.status(name);
    return status === undefined ? undefined : { ...status, name, by: scheduler.kind };
  }

  #scheduler(opened: OpenSettings): Scheduler {
    return findScheduler({ isRoot: userId() === 0, env: process.env, stateFolder: stateOf(opened) });
  }
}

const userId = (): number => process.getuid?.() ?? -1;

/** Where runs and checks of the project are kept. */
function stateOf({ dir, settings }: OpenSettings): string {
  return stateFolder({ projectDir: dir, state: settings.state });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new HomelabError({
      code: 'schedule/unwritable',
      message: `cannot make ${folder} (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}), where checks are kept`,
      hint: 'Make the folder above it writable, or name another as `state` in homelab.yml.',
      cause,
    });
  }
}
