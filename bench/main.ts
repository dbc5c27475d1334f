import { writeFileSync } from 'node:fs';
import { HomelabError } from '../src/core/errors.js';
import { stopLab } from '../src/lab/stop-lab.js';
import { openLab } from './bench-lab.js';
import { ensureAnsible, ensureTime } from './contenders/ansible-packages.js';
import { MACHINES } from './machines.js';
import { Stopwatch } from './measure/stopwatch.js';
import { parseOptions, USAGE, type BenchOptions, type ScenarioName } from './options.js';
import { benchDocument } from './report/document.js';
import { measurementTable, targetTable } from './report/table.js';
import { isMet } from './report/target.js';
import { measureDrift } from './scenarios/drift.js';
import { measureFirstApply } from './scenarios/first-apply.js';
import { measureFleet } from './scenarios/fleet.js';
import { measureInSync } from './scenarios/in-sync.js';
import type { Findings, Stage } from './scenarios/scenario.js';
import { measureStartUp } from './scenarios/start-up.js';

const SCENARIO: Record<ScenarioName, (stage: Stage) => Promise<Findings>> = {
  'start-up': measureStartUp,
  'in-sync': measureInSync,
  drift: measureDrift,
  'first-apply': measureFirstApply,
  fleet: measureFleet,
};

const onProgress = (message: string): void => void process.stderr.write(`${message}\n`);

/** The bench, whole. Returns its exit code: 1 where it failed or, with `--check`, a target was missed. */
export async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(args);
  } catch (thrown) {
    process.stderr.write(`${(thrown as Error).message}\n\n${USAGE}`);
    return 64;
  }
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new Error('Interrupted'));
  // Not `once`: impatience must not leave a lab half taken down.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
  try {
    const findings = await measure(options, interrupt.signal);
    return conclude(options, findings);
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    if (thrown instanceof HomelabError && thrown.hint) process.stderr.write(`  hint: ${thrown.hint}\n`);
    return interrupt.signal.aborted ? 130 : 1;
  } finally {
    if (!options.isLabKept) await stopLab(options.labId);
  }
}

async function measure(options: BenchOptions, signal: AbortSignal): Promise<Findings[]> {
  await ensureTime();
  const lab = await openLab(options.labId, MACHINES, onProgress);
  signal.throwIfAborted();
  if (isAnsibleWanted(options))
    await ensureAnsible(
      lab,
      MACHINES.map(({ name }) => name),
      onProgress,
    );
  const watch = new Stopwatch(lab, signal);
  const homelab = [process.execPath, options.program];
  const stage: Stage = { lab, watch, homelab, options, signal, onProgress };
  try {
    const findings: Findings[] = [];
    for (const name of options.only) {
      const found = await SCENARIO[name](stage);
      // At once: what comes later takes long, and may fail.
      show(found);
      findings.push(found);
    }
    return findings;
  } finally {
    watch.stop();
  }
}

function isAnsibleWanted({ only, against }: BenchOptions): boolean {
  const isOpponent = only.includes('in-sync') && against.some((name) => name !== 'script');
  return isOpponent || only.includes('first-apply');
}

function show({ title, measurements, notes, reference }: Findings): void {
  const lines = notes.map((note) => `\n${note}\n`).join('');
  process.stdout.write(`\n${title}\n\n${measurementTable(measurements, reference)}${lines}\n`);
}

/** The targets, the document, the exit code. */
function conclude(options: BenchOptions, findings: readonly Findings[]): number {
  const targets = findings.flatMap((one) => one.targets);
  if (targets.length > 0) process.stdout.write(targetTable(targets));
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify(benchDocument(findings), null, 2)}\n`);
  return options.isChecked && !targets.every(isMet) ? 1 : 0;
}
