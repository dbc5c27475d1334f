import { EXIT } from '../core/exit-codes.js';
import { addHosts } from '../inventory/add-hosts.js';
import { adoptedHostText, writtenFileText } from '../report/adopt-view.js';
import { adoptFlags, keysOfFlag, withNearestHost } from './shared/adopt-flags.js';
import {
  adoptDocument,
  adoptedViews,
  isProven,
  untoldFailures,
  type AdoptOutcome,
} from './shared/adopt-outcome.js';
import { AdoptingCommand } from './shared/adopting-command.js';
import { connectionFlags, projectFlags } from './shared/flags.js';
import { hostsOrAddressArg } from './shared/host-args.js';
import type { OpenProject } from './shared/project-command.js';
import { writeInventoryFile } from './shared/write-inventory-file.js';

export default class Adopt extends AdoptingCommand {
  static override summary = 'First contact: pin the host key, install your public key, prove login and root';
  static override description =
    'For a machine that lets you in by a password, give --ask-pass: it is asked for once, unseen, and sent once. A host ' +
    'that is new, given by its address or DNS name, is written into inventory/hosts.yml once all is proven. What is in ' +
    'order already stays as it is.';
  static override examples = [
    '<%= config.bin %> adopt 192.168.1.50 --name pi3 --user pi --ask-pass',
    '<%= config.bin %> adopt pi4.lan --user pi --via gate --ask-pass',
    '<%= config.bin %> adopt all',
  ];
  static override strict = false;
  static override args = hostsOrAddressArg;
  static override flags = { ...projectFlags, ...connectionFlags, ...adoptFlags };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Adopt);
    const opened = await this.openProject(flags);
    const named = keysOfFlag(flags.key);
    const { project, hosts, fresh } = await this.meant(opened, { flags, words: argv as string[] });
    const trusted = await this.trustHosts(project, {
      flags,
      hosts,
      isYes: flags.yes || flags['accept-new'],
      isKnownPassed: true,
      explain: (error) => withNearestHost(error, opened.inventory),
    });
    if (trusted.isDeclined) return EXIT.failed;
    const able = hosts.filter(({ name }) => !trusted.failures.has(name));
    const answers = await this.adoptEach(project, { flags, hosts: able, named });
    const proven = fresh.filter(({ name }) =>
      answers.some((answer) => answer.host.name === name && isProven(answer)),
    );
    const written =
      proven.length === 0 ? undefined : await addHosts(this.inventoryOptions(opened, flags), proven);
    if (written !== undefined) writeInventoryFile(written);
    return this.#tell(project, { trusted, answers, written, proven });
  }

  #tell(project: OpenProject, outcome: AdoptOutcome): number {
    const { palette, isJson } = project.screen;
    const views = adoptedViews(outcome);
    const exitCode = views.some(({ error }) => error !== undefined) ? EXIT.failed : EXIT.done;
    if (isJson) this.printJson(adoptDocument(outcome, exitCode));
    else {
      for (const view of views)
        if (view.access !== undefined || view.added.length > 0) this.print(adoptedHostText(view, palette));
      if (outcome.written !== undefined)
        this.print(writtenFileText({ ...outcome.written, file: outcome.written.shown }, palette));
    }
    this.tellFailures(untoldFailures(outcome));
    return exitCode;
  }
}
