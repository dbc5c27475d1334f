import * as Flags from '@oclif/core/flags';
import { EXIT } from '../../core/exit-codes.js';
import { scheduleText, type ScheduleView } from '../../report/schedule-view.js';
import type { Screen } from '../shared/base-command.js';
import { driftFileFlags } from '../shared/drift-files.js';
import { connectionFlags, playbookFlags, projectFlags } from '../shared/flags.js';
import { optionalHostsArg } from '../shared/host-args.js';
import { ScheduleCommand, type Installed } from '../shared/schedule-command.js';

const SAID = { new: 'Scheduled.', replaced: 'Scheduled anew.', unchanged: 'It is scheduled already.' };
const NOTHING = 'No drift check of this project is scheduled.\n';
const WAYS = { exactlyOne: ['every', 'status', 'remove'], helpGroup: 'SCHEDULE' };

export default class ScheduleDrift extends ScheduleCommand {
  static override summary = 'Let this machine check for drift by itself';
  static override description =
    'By a timer of systemd: as root of the machine, else of your account; where there is no systemd, by cron. A project has one ' +
    'schedule for an account: scheduling again replaces it. Keys have to be usable without anybody there.';
  static override examples = [
    '<%= config.bin %> schedule drift --every daily --notify',
    "<%= config.bin %> schedule drift 'web-*' --every 6h",
    "<%= config.bin %> schedule drift --every 'Sun 03:00' --prometheus /var/lib/prometheus/node-exporter/homelab.prom",
    '<%= config.bin %> schedule drift --status',
  ];
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = {
    every: Flags.string({
      description: 'daily, 6h, 03:30, Sun 03:00, …; any OnCalendar of systemd, or the fields of cron',
      helpValue: 'SPEC',
      ...WAYS,
    }),
    status: Flags.boolean({ description: 'tell what is scheduled, the last run and the next', ...WAYS }),
    remove: Flags.boolean({ description: 'schedule it no more', ...WAYS }),
    notify: Flags.boolean({ description: 'each check tells what changed, as `notify` of homelab.yml says' }),
    ...driftFileFlags,
    ...projectFlags,
    ...playbookFlags,
    'ssh-config': connectionFlags['ssh-config'],
    concurrency: connectionFlags.concurrency,
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(ScheduleDrift);
    const opened = await this.openSettings(flags);
    const { screen } = opened;
    if (flags.remove) {
      const wasThere = await this.remove(opened);
      if (screen.isJson) this.#printDocument({ wasThere });
      else this.print(wasThere ? 'It is scheduled no more.\n' : NOTHING);
      return EXIT.done;
    }
    const patterns = argv as string[];
    const installed =
      flags.every === undefined ? undefined : await this.install(flags.every, { opened, flags, patterns });
    this.#tell(await this.look(opened), screen, installed);
    return EXIT.done;
  }

  #tell(view: ScheduleView | undefined, screen: Screen, installed?: Installed): void {
    if (screen.isJson) {
      this.#printDocument({ isScheduled: view !== undefined, schedule: view ?? null, ...installed });
      return;
    }
    if (installed !== undefined) this.print(`${SAID[installed.scheduled]}\n`);
    this.print(view === undefined ? NOTHING : scheduleText(view, screen.palette));
    for (const note of installed?.notes ?? []) process.stderr.write(`note: ${note}\n`);
  }

  #printDocument(rest: object): void {
    this.printJson({ command: 'schedule drift', version: 1, exitCode: EXIT.done, ...rest });
  }
}
