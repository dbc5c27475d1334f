import { PassThrough } from 'node:stream';
import type { HostResult, RunResult, TaskResult } from '../../src/core/result.js';
import type { Output } from '../../src/report/terminal.js';

/** A task's result with what a test cares about. */
export function task(name: string, rest: Partial<TaskResult> = {}): TaskResult {
  const id = `base/${name.toLowerCase().replaceAll(' ', '-')}`;
  return { id, name, kind: 'file', status: 'ok', changes: [], sensitive: false, error: null, ...rest };
}

/** A host's result with what a test cares about. */
export function host(name: string, status: HostResult['status'], rest: Partial<HostResult> = {}): HostResult {
  return { host: name, status, durationMs: 640, roundTrips: 3, error: null, tasks: [], ...rest };
}

export function run(command: string, hosts: readonly HostResult[], rest: Partial<RunResult> = {}): RunResult {
  return { command, run: 'r1', exitCode: 0, durationMs: 812, hosts, ...rest };
}

/** An output that keeps what is written to it. */
export function capture(): { readonly output: Output; readonly text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return { output: stream, text: () => text };
}
