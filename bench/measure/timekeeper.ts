// Runs in the lab's controller namespace for as long as the bench does, so that entering it is in nobody's time.
// Asked over IPC for one run at a time, answers how long it took and what it cost.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { TreeMemory } from './tree-memory.js';
import type { RunAnswer, RunRequest } from './run-request.js';

let endRunning = (): void => {};

process.on('message', (request: RunRequest) => {
  void run(request).then((answer) => process.send?.(answer));
});
// The bench is gone: so is its business here.
process.on('disconnect', () => {
  endRunning();
  process.exit();
});
// Ctrl-C in a terminal reaches everybody; the bench decides what it means.
process.on('SIGINT', () => {});

/** time(1) costs a millisecond, and knows what the kernel counted for the program and all it waited for. */
async function run({ argv, cwd, env, costFile, isMemoryWatched }: RunRequest): Promise<RunAnswer> {
  const mark = `BENCH_RUN=${process.pid}-${performance.now()}`;
  const [name = '', value = ''] = mark.split('=');
  const memory = isMemoryWatched ? new TreeMemory(mark) : undefined;
  const started = performance.now();
  const child = spawn('time', ['-q', '-f', '%U %S %M', '-o', costFile, '--', ...argv], {
    cwd,
    env: { ...process.env, ...env, [name]: value },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // Negative: the whole process group, time(1) and what it runs.
  endRunning = () => void (child.pid && process.kill(-child.pid, 'SIGTERM'));
  const output: Buffer[] = [];
  const stdout: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  // Not `close`: a program left in the background (ControlPersist) may hold the pipes for minutes.
  const code = await new Promise<number>((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  endRunning = () => {};
  const seconds = (performance.now() - started) / 1000;
  const treePeakBytes = memory?.stop();
  // What was written before the exit is in the pipes by now, and is read in the next turn.
  await new Promise((resolve) => setTimeout(resolve, 20));
  child.stdout.destroy();
  child.stderr.destroy();
  const [user = 0, system = 0, peakKiB = 0] = readFileSync(costFile, 'utf8').trim().split(/\s+/).map(Number);
  rmSync(costFile);
  return {
    code,
    seconds,
    cpuSeconds: user + system,
    largestBytes: peakKiB * 1024,
    treePeakBytes,
    output: Buffer.concat(output).toString(),
    stdout: Buffer.concat(stdout).toString(),
  };
}
