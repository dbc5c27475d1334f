import { randomBytes } from 'node:crypto';
import type { Play } from '../../core/item.js';
import { createRegistry } from '../../core/registry.js';
import { createRoleRegistry } from '../../core/role-registry.js';
import type { HostResult, RunResult } from '../../core/result.js';
import { rememberApplied } from '../../drift/remember.js';
import { OpenChanges } from '../../engine/guard/open-changes.js';
import { Run } from '../../engine/run.js';
import { historyFolder } from '../../history/history-folder.js';
import { compilePlaybooks } from '../../playbook/compile.js';
import { createReport } from '../../report/create-report.js';
import type { Report } from '../../report/report.js';
import { askPerson, requireAnswer } from './ask-person.js';
import { ConnectingCommand, type ConnectionFlagValues } from './connecting-command.js';
import { tagWords, type PlaybookFlagValues } from './flags.js';
import { keepHistory } from './keep-history.js';
import { listenForInterrupt } from './interrupt.js';
import type { PlanRequest } from './plan-file.js';
import type { OpenProject, ProjectFlagValues } from './project-command.js';
import { projectPlaybooks } from './project-playbooks.js';
import { Recording } from './recording.js';

/** The flags of `plan`, `provision` and their kin. */
export interface RunFlagValues extends ProjectFlagValues, PlaybookFlagValues, ConnectionFlagValues {
  readonly timings?: boolean;
}

/** What a run is asked to do. */
export interface RunRequest {
  readonly project: OpenProject;
  readonly flags: RunFlagValues;
  readonly patterns: readonly string[];
  /** Absolute paths of playbooks that are not the project's, by their names. */
  readonly playbookFiles?: ReadonlyMap<string, string> | undefined;
  /** Every change may lock us out, {@link RunOptions.isCareful}. */
  readonly isCareful?: boolean | undefined;
  /** What a report calls it, where that is more than the command: `drift --fix`. */
  readonly typed?: string | undefined;
}

/** A run whose plan is there, and what goes on with it. */
export interface Planned {
  readonly run: Run;
  readonly plan: RunResult;
  readonly report: Report;
  readonly recording: Recording;
}

/** A command that compiles playbooks and runs them on hosts. */
export abstract class RunCommand extends ConnectingCommand {
  /** The plays for the chosen hosts, checked offline. @throws HomelabErrors everything that is wrong */
  protected compile({ project, flags, patterns, playbookFiles }: RunRequest): Promise<readonly Play[]> {
    return compilePlaybooks({
      projectDir: project.dir,
      inventory: project.inventory,
      playbooks: flags.playbook ?? project.settings.playbooks,
      playbookPlaces: flags.playbook === undefined ? project.settings.playbookPlaces : undefined,
      playbookFiles,
      hosts: this.chooseHosts(project, patterns),
      secrets: project.secrets,
      projectPlaybooks: projectPlaybooks(project.dir, project.settings),
      kinds: createRegistry(),
      roles: createRoleRegistry(),
      ...tagWords(flags),
    });
  }

  /** What {@link compile} is done with, to be kept in a saved plan. */
  protected planRequest({ settings }: OpenProject, flags: RunFlagValues): PlanRequest {
    return {
      playbooks: flags.playbook ?? settings.playbooks,
      tags: flags.tags ?? '',
      skipTags: flags['skip-tags'] ?? '',
    };
  }

  /** Plans, and where `carryOut` is given asks it to go on. Answers the exit code. */
  protected async runPlays(
    command: 'plan' | 'provision' | 'harden' | 'drift',
    request: RunRequest,
    carryOut?: (planned: Planned) => Promise<RunResult>,
  ): Promise<number> {
    const { project, flags, patterns } = request;
    const { display } = project.screen;
    const { timings } = this;
    const startMs = performance.now();
    const plays = await this.compile(request);
    timings.add('compile', null, startMs);
    const report = await createReport({
      ...display,
      command: request.typed ?? command,
      stdout: process.stdout,
      stderr: process.stderr,
    });
    const id = runId();
    const place = { projectDir: project.dir, state: project.settings.state };
    const recording = new Recording(historyFolder(place), command, id);
    const open = new OpenChanges();
    const interrupt = listenForInterrupt(
      () => report.sink({ type: 'interrupted' }),
      () => open.sentences(performance.now()),
    );
    this.pauseFor = (ask) => report.pauseFor(ask);
    const transport = this.connect(project, { flags });
    try {
      const run = new Run({
        command,
        run: id,
        hosts: this.chooseHosts(project, patterns),
        plays,
        transport,
        concurrency: this.concurrency(project, flags),
        sink: (event) => {
          recording.add(event);
          report.sink(event);
        },
        signal: interrupt.signal,
        isCareful: request.isCareful,
        isCheck: command === 'drift',
        guard: {
          seconds: project.settings.guardTimeout,
          hosts: [...project.inventory.hosts.values()],
          open,
        },
        timings,
      });
      const plan = await run.plan();
      const result =
        carryOut === undefined || interrupt.signal.aborted
          ? plan
          : await carryOut({ run, plan, report, recording });
      recording.end(result);
      // What a plan reads, the next one reads as well; what is applied is what hosts are compared with from now on.
      if (command === 'provision' || command === 'harden') {
        const seen = { result, observations: run.observations(), at: new Date() };
        await keepHistory(project, id, (place) => rememberApplied(place, seen));
      }
      await report.finish(flags.timings === true ? { ...result, timings: timings.all } : result);
      return result.exitCode;
    } finally {
      interrupt.dispose();
      await report.close();
      await transport.close();
    }
  }
}

/** How a plan is to be applied. */
interface Consent {
  /** Nobody is asked. */
  readonly isAgreed: boolean;
  /** What a person is asked; `count` is the hosts in words. */
  readonly question: (count: string) => string;
  /** It is shown, and nothing more. */
  readonly isShownOnly?: boolean | undefined;
}

/**
 * Shows what is pending, asks whether to apply it, and applies it. Answers the plan where nothing is, or nobody wants it.
 * @throws HomelabError `usage/no-terminal` where somebody has to be asked and nobody can
 */
export async function applyPlan(
  { run, plan, report, recording }: Planned,
  { isAgreed, question, isShownOnly = false }: Consent,
): Promise<RunResult> {
  const pending = plan.hosts.filter(hasWork);
  if (pending.length === 0) return plan;
  await report.showPlan(plan);
  if (isShownOnly) return plan;
  const count = pending.length === 1 ? '1 host' : `${pending.length} hosts`;
  if (!(await mayApply(isAgreed, report, question(count)))) return plan;
  recording.begin(pending.map(({ host }) => host));
  return run.apply({ isStale: !isAgreed });
}

/**
 * Whether to apply: yes with `--yes`, otherwise a person is asked.
 * @throws HomelabError `usage/no-terminal` where nobody can be asked
 */
export async function mayApply(isYes: boolean, report: Report, question: string): Promise<boolean> {
  if (isYes) return true;
  const answer = await report.pauseFor(() => askPerson(question));
  return requireAnswer(answer, {
    what: ' whether to apply this',
    hint: 'Look at `homelab plan` first, then give --yes.',
  });
}

/** Whether an apply has anything to do there. A failure with `on_failure: continue` keeps the rest of its host from nothing. */
function hasWork({ error, tasks }: HostResult): boolean {
  return error === null && tasks.some(({ status }) => status === 'pending' || status === 'unknown');
}

/** Sorts by time: `20261121T061452.385-1f2e3d`. */
export function runId(): string {
  const time = new Date().toISOString().replaceAll(/[-:Z]/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}
