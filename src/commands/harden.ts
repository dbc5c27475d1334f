import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import type { RunResult } from '../core/result.js';
import { findingsOf } from '../report/findings.js';
import { projectFlags, runFlags } from './shared/flags.js';
import { optionalHostsArg } from './shared/host-args.js';
import { applyPlan, RunCommand, type Planned, type RunRequest } from './shared/run-command.js';

/** What is done where nobody says which playbook; a project may have one of its own there. */
const PLAYBOOK = 'playbooks/harden.yml';
const OWN_PLAYBOOK = `homelab's own ${PLAYBOOK}`;

interface HardenFlags {
  readonly yes: boolean;
  readonly plan: boolean;
  readonly report: boolean;
}

export default class Harden extends RunCommand {
  static override summary = 'Harden machines, and never lock anyone out';
  static override description =
    `Applies the hardening roles (${PLAYBOOK} of the project, else homelab's own; \`homelab roles\`). Every change that could ` +
    'cut off the login undoes itself unless a new login proves it. One host goes first; hosts that others are reached ' +
    'through come last, one by one. Roles are tuned by variables named as they are.';
  static override examples = [
    '<%= config.bin %> harden --plan',
    '<%= config.bin %> harden nas --report',
    '<%= config.bin %> harden all --yes --json',
  ];
  static override strict = false;
  static override args = optionalHostsArg;
  static override flags = {
    ...projectFlags,
    ...runFlags,
    yes: Flags.boolean({ char: 'y', description: 'apply without asking' }),
    plan: Flags.boolean({ description: 'show what would change; change nothing', exclusive: ['yes'] }),
    report: Flags.boolean({ description: 'list what was found before, and what is left after' }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Harden);
    const project = await this.openProject(flags, 'opened');
    const base = { project, flags, patterns: argv as string[], isCareful: true };
    const request = flags.playbook === undefined ? this.#withPlaybook(base) : base;
    return this.runPlays('harden', request, (planned) => this.#carryOut(flags, planned));
  }

  /** The project's own playbook where it has one. */
  #withPlaybook(request: RunRequest): RunRequest {
    const { project, flags } = request;
    if (existsSync(join(project.dir, PLAYBOOK)))
      return { ...request, flags: { ...flags, playbook: [PLAYBOOK] } };
    const playbookFiles = new Map([[OWN_PLAYBOOK, join(this.config.root, PLAYBOOK)]]);
    return { ...request, flags: { ...flags, playbook: [OWN_PLAYBOOK] }, playbookFiles };
  }

  async #carryOut({ yes, plan: isShownOnly, report }: HardenFlags, planned: Planned): Promise<RunResult> {
    const result = await applyPlan(planned, {
      isAgreed: yes,
      question: (count) => `Harden ${count}?`,
      isShownOnly,
    });
    return report ? { ...result, findings: findingsOf(planned.plan, result) } : result;
  }
}
