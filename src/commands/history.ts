import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { isOwnerGone, ownerOf } from '../engine/run-owner.js';
import { historyFolder } from '../history/history-folder.js';
import { findRun, readRun, recordedRuns, type RecordedRun } from '../history/run-records.js';
import {
  historyDocument,
  historyText,
  runText,
  type RunOutcome,
  type RunView,
} from '../report/history-view.js';
import { projectFlags } from './shared/flags.js';
import { ProjectCommand } from './shared/project-command.js';

export default class History extends ProjectCommand {
  static override summary = 'What runs did: all of them, or one with its changes';
  static override description =
    'Runs are recorded on this machine, for each project apart. A run that was cut off shows what was known until then.';
  static override examples = [
    '<%= config.bin %> history',
    '<%= config.bin %> history last',
    '<%= config.bin %> history 20261121T0614',
  ];
  static override args = { run: Args.string({ description: 'id of a run, the beginning of one, or last' }) };
  static override flags = {
    ...projectFlags,
    limit: Flags.integer({ description: 'most runs that are listed', default: 20, min: 1, helpValue: 'N' }),
  };

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(History);
    const { screen, dir, settings } = await this.openSettings(flags);
    const folder = historyFolder({ projectDir: dir, state: settings.state });
    const style = { palette: screen.palette, width: screen.display.width };
    if (args.run !== undefined) {
      const view = viewOf(findRun(folder, args.run));
      if (screen.isJson) this.printJson(historyDocument([view], true));
      else this.print(runText(view, style));
      return 0;
    }
    const views = recordedRuns(folder)
      .slice(0, flags.limit)
      .flatMap((id) => readRun(folder, id) ?? [])
      .map(viewOf);
    if (screen.isJson) this.printJson(historyDocument(views, false));
    else this.print(historyText(views, style));
    return 0;
  }
}

function viewOf(run: RecordedRun): RunView {
  return { ...run, outcome: outcomeOf(run) };
}

function outcomeOf(run: RecordedRun): RunOutcome {
  const { end } = run;
  if (end === undefined) return isOwnerGone(run, ownerOf('')) ? 'cut off' : 'running';
  if (end.exitCode === 130) return 'interrupted';
  return end.exitCode === 0 ? 'done' : 'failed';
}
