import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HomelabError, HomelabErrors } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import type { RunResult } from '../../core/result.js';
import { OpenChanges } from '../../engine/guard/open-changes.js';
import { ownerOf } from '../../engine/run-owner.js';
import { historyFolder, stateFolder } from '../../history/history-folder.js';
import type { Topology } from '../../core/topology.js';
import { controllerErrors } from '../../inventory/controller-settings.js';
import { createReport } from '../../report/create-report.js';
import { wavesMermaid } from '../../report/waves-mermaid.js';
import { wavesSvg } from '../../report/waves-svg.js';
import { createHealthWatch } from '../../rolling/health/create-health-watch.js';
import { abandonedBy, drainsInForce } from '../../rolling/journal/drains-in-force.js';
import { earlierUpgrade, type EarlierUpgrade } from '../../rolling/journal/host-memory.js';
import { requireNoOtherUpgrade } from '../../rolling/journal/upgrade-lock.js';
import { readNewestJournal } from '../../rolling/journal/upgrade-journal.js';
import { UpgradeRun } from '../../rolling/run/upgrade-run.js';
import { rollingErrors } from '../../rolling/run/rolling-errors.js';
import { createUpgradeTools } from '../../rolling/run/create-upgrade-tools.js';
import { topologyOf } from '../../rolling/waves/topology-of.js';
import { requireKnownNames } from '../../rolling/waves/accepted-names.js';
import { CONTROLLER } from '../../rolling/waves/findings.js';
import { controllerPlace } from '../../rolling/waves/controller-place.js';
import { thisMachine } from '../../rolling/waves/this-machine.js';
import { listenForInterrupt } from './interrupt.js';
import { Recording } from './recording.js';
import { projectPlaybooks } from './project-playbooks.js';
import { mayApply, RunCommand, runId, type RunFlagValues, type RunRequest } from './run-command.js';
import { runElsewhere } from './run-elsewhere.js';
import { notifyTargets, tellFailure, tellOutcome } from './tell-outcome.js';
import { upgradeRequest, type UpgradeFlagValues } from './upgrade-flags.js';
import type { Report } from '../../report/report.js';

/** An upgrade whose plan is there, and what goes on with it. */
export interface PlannedUpgrade {
  readonly run: UpgradeRun;
  readonly plan: RunResult;
  readonly report: Report;
  readonly recording: Recording;
}

interface UpgradeWish extends RunRequest {
  readonly flags: RunFlagValues & UpgradeFlagValues & { readonly plan?: boolean };
}

/** Upgrades hosts: the wiring of `homelab upgrade`. */
export abstract class UpgradeCommand extends RunCommand {
  /** Plans, asks `carryOut` to go on, and tells whom `--notify` means. Answers the exit code. */
  protected async upgrade(
    wish: UpgradeWish,
    carryOut: (planned: PlannedUpgrade) => Promise<RunResult>,
  ): Promise<number> {
    const targets = await notifyTargets(wish.project, wish.flags.notify === true);
    try {
      return await tellOutcome(targets, await this.#run(wish, carryOut));
    } catch (thrown) {
      await tellFailure(targets, 'upgrade', thrown);
      throw thrown;
    }
  }

  async #run(
    wish: UpgradeWish,
    carryOut: (planned: PlannedUpgrade) => Promise<RunResult>,
  ): Promise<RunResult> {
    const { project, flags, patterns } = wish;
    const { inventory, settings, dir } = project;
    const place = { projectDir: dir, state: settings.state };
    const folder = join(stateFolder(place), 'upgrades');
    const id = runId();
    if (flags.plan !== true) requireNoOtherUpgrade(folder, ownerOf(id));
    const earlier = this.#earlier(folder, flags);
    const abandoned = earlier === undefined ? abandonedBy(newestUpgrade(folder)) : undefined;
    const chosen = this.chooseHosts(project, earlier === undefined ? patterns : earlier.request.hosts);
    const request = upgradeRequest(
      flags,
      chosen.map(({ name }) => name),
      earlier,
    );
    const plays = await this.compile({
      ...wish,
      flags: { ...flags, playbook: flags.playbook ?? this.#playbooks(wish) },
    });
    const wrong = [...controllerErrors(settings.controller, inventory), ...(await rollingErrors(inventory))];
    if (wrong.length > 0) throw new HomelabErrors(wrong);
    const topology = topologyOf(
      inventory,
      controllerPlace({ inventory, said: settings.controller, machine: thisMachine() }),
    );
    requireKnownNames(request.accepted, topology);
    const { display } = project.screen;
    const report = await createReport({
      ...display,
      command: 'upgrade',
      stdout: process.stdout,
      stderr: process.stderr,
    });
    const recording = new Recording(historyFolder(place), 'upgrade', id);
    const open = new OpenChanges();
    const interrupt = listenForInterrupt(
      () => report.sink({ type: 'interrupted' }),
      () => open.sentences(performance.now()),
    );
    this.pauseFor = (ask) => report.pauseFor(ask);
    const transport = this.connect(project, { flags });
    try {
      const run = new UpgradeRun({
        run: id,
        owner: ownerOf(id),
        request,
        hosts: chosen,
        topology,
        plays,
        transport,
        folder,
        earlier,
        abandoned,
        inventory: [...inventory.hosts.values()],
        signal: interrupt.signal,
        guard: { seconds: settings.guardTimeout, hosts: [...inventory.hosts.values()], open },
        tools: createUpgradeTools(),
        createWatch: () => createHealthWatch({ inventory, transport }),
        runElsewhere: (place, argv, env) => runElsewhere({ place, argv, env, inventory, transport }),
        now: () => new Date(),
        sink: (event) => {
          recording.add(event);
          report.sink(event);
        },
      });
      const plan = await run.plan();
      drawWaves(plan, topology, flags);
      const result = interrupt.signal.aborted ? plan : await carryOut({ run, plan, report, recording });
      recording.end(result);
      await report.finish(result);
      return result;
    } finally {
      interrupt.dispose();
      await report.close();
      await transport.close();
    }
  }

  /** Shows the waves, asks, and upgrades. Answers the plan where nothing is to be done, or nobody wants it. */
  protected async carryOut(
    { run, plan, report, recording }: PlannedUpgrade,
    { isAgreed, isShownOnly }: { readonly isAgreed: boolean; readonly isShownOnly: boolean },
  ): Promise<RunResult> {
    const waves = plan.upgrade?.plan.waves ?? [];
    await report.showPlan(plan);
    if (isShownOnly || waves.length === 0) return plan;
    requireAccepted(plan);
    const count = waves.flatMap(({ hosts }) => hosts).length;
    const question = `Upgrade ${count === 1 ? '1 host' : `${count} hosts`}?`;
    if (!(await mayApply(isAgreed, report, question))) return { ...plan, exitCode: EXIT.pending };
    recording.begin(waves.flatMap(({ hosts }) => hosts.map(({ host }) => host)));
    return run.apply();
  }

  /** Without a playbook there are no roles, and nothing to know of services. */
  #playbooks({ project }: UpgradeWish): readonly string[] {
    return projectPlaybooks(project.dir, project.settings);
  }

  /** The run to go on with. @throws HomelabError `rolling/nothing-to-resume`, `rolling/unfinished` */
  #earlier(
    folder: string,
    flags: UpgradeFlagValues & { readonly plan?: boolean },
  ): EarlierUpgrade | undefined {
    const earlier = newestUpgrade(folder);
    if (flags.resume === true) {
      if (earlier === undefined || (earlier.exitCode === 0 && earlier.unfinished.size === 0))
        throw nothingToResume();
      return earlier;
    }
    if (
      earlier === undefined ||
      earlier.unfinished.size === 0 ||
      flags.abandon === true ||
      flags.plan === true
    )
      return undefined;
    throw unfinished(earlier);
  }
}

function newestUpgrade(folder: string): EarlierUpgrade | undefined {
  return earlierUpgrade(readNewestJournal(folder) ?? []);
}

/** Writes the waves as a diagram where a flag asks for one. @throws HomelabError `usage/unwritable` */
function drawWaves({ upgrade }: RunResult, topology: Topology, { mermaid, svg }: UpgradeFlagValues): void {
  if (upgrade === undefined) return;
  if (mermaid !== undefined) writeDiagram(mermaid, wavesMermaid(upgrade.plan, topology));
  if (svg !== undefined) writeDiagram(svg, wavesSvg(upgrade.plan, topology));
}

function writeDiagram(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new HomelabError({
      code: 'usage/unwritable',
      message: `${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      hint: 'Name a file in a folder that is there.',
      cause,
    });
  }
}

/** @throws HomelabError `rolling/unavoidable-outage` where something goes down whatever the order is, and nobody accepts it */
function requireAccepted({ upgrade }: RunResult): void {
  // What homelab itself needs is left out then, and the rest goes on.
  const findings = (upgrade?.plan.findings ?? []).filter(({ name }) => name !== CONTROLLER);
  const [first] = findings;
  if (first === undefined) return;
  const lines = findings.map(({ message }) => message);
  const flags = [...new Set(findings.map(({ name }) => `--accept-outage ${name}`))].join(' ');
  throw new HomelabError({
    code: 'rolling/unavoidable-outage',
    message: lines.join('\n'),
    hint: `${first.hint} To do it all the same: ${flags}`,
  });
}

function nothingToResume(): HomelabError {
  return new HomelabError({
    code: 'rolling/nothing-to-resume',
    message:
      'there is no upgrade to go on with: the last one of this project came to its end, or there was none',
    hint: 'Begin one: homelab upgrade',
  });
}

function unfinished(upgrade: EarlierUpgrade): HomelabError {
  const names = [...upgrade.unfinished.keys()];
  const drained = drainsInForce(upgrade);
  const still = drained.length === 0 ? '' : `; drained: ${drained.join(', ')}`;
  return new HomelabError({
    code: 'rolling/unfinished',
    message: `the upgrade ${upgrade.run} did not come to its end: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} in the middle of it${still}`,
    hint: 'Go on with it: homelab upgrade --resume. To forget it, leaving its hosts as they are, drained where they are: --abandon',
  });
}
