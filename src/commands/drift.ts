import * as Flags from '@oclif/core/flags';
import type { DriftResult } from '../core/result.js';
import { readSettings } from '../inventory/settings.js';
import { checkDrift } from './shared/check-drift.js';
import type { Remembering } from './shared/drift-memory.js';
import { checkDriftFiles, driftFileFlags, writeDriftFiles } from './shared/drift-files.js';
import { isOfAllItems, projectFlags, runFlags } from './shared/flags.js';
import { optionalHostsArg } from './shared/host-args.js';
import type { OpenProject, ProjectFlagValues } from './shared/project-command.js';
import { RunCommand } from './shared/run-command.js';
import {
  driftAudience,
  isWatched,
  tellDriftCheck,
  tellDriftFailed,
  tellDriftUnopened,
} from './shared/tell-drift-check.js';

export default class Drift extends RunCommand {
  static override summary = 'Compare hosts with what the inventory says; change nothing';
  static override description =
    'Tells what was changed on a host since it was last as wanted, what is pending because the inventory has moved on, and ' +
    'since when. Exit code 0: no drift. 2: drift. 1: a host failed or was not reached; optional ones that are off are listed apart.';
  static override examples = [
    '<%= config.bin %> drift',
    '<%= config.bin %> drift web1 nas --json',
    '<%= config.bin %> drift --fix',
    '<%= config.bin %> drift --notify --html drift.html',
  ];
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = {
    ...projectFlags,
    ...runFlags,
    fix: Flags.boolean({ description: 'apply what is shown, once it is shown; asks before' }),
    yes: Flags.boolean({ char: 'y', description: 'apply without asking', dependsOn: ['fix'] }),
    notify: Flags.boolean({
      description:
        'tell what changed since the last check, as `notify` of homelab.yml says; 1: somebody was not told',
    }),
    ...driftFileFlags,
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Drift);
    const project = await this.#open(flags);
    const { hosts } = project.inventory;
    const audience = await driftAudience(project, flags.notify);
    const isWhole = isOfAllItems(flags);
    const fix = flags.fix ? { isAgreed: flags.yes } : undefined;
    const at = new Date();
    const request = {
      project,
      flags,
      patterns: argv as string[],
      typed: flags.fix ? 'drift --fix' : 'drift',
    };
    try {
      checkDriftFiles(flags);
      return await this.runPlays('drift', request, async (planned): Promise<DriftResult> => {
        const checked = await checkDrift(planned, { project, at, isWhole, fix });
        const result = await writeDriftFiles(flags, { result: checked, project, run: planned.run });
        const exitCode = await tellDriftCheck(audience, { result, inventory: hosts.keys(), isWhole });
        return { ...result, exitCode };
      });
    } catch (thrown) {
      await tellDriftFailed(audience, { thrown, isWatched: isWatched(process) });
      throw thrown;
    }
  }

  /** Whom to tell may be known where other settings are wrong. */
  async #whatCanBeRead(flags: ProjectFlagValues): Promise<Remembering> {
    const dir = this.findProject(flags);
    const { settings } = readSettings(dir);
    return { dir, settings, instead: this.instead({ dir, settings }, flags) };
  }

  async #open(flags: ProjectFlagValues & { readonly notify: boolean }): Promise<OpenProject> {
    try {
      return await this.openProject(flags, 'opened');
    } catch (thrown) {
      if (flags.notify) {
        const unmade = { thrown, isWatched: isWatched(process) };
        await tellDriftUnopened(() => this.#whatCanBeRead(flags), unmade);
      }
      throw thrown;
    }
  }
}
