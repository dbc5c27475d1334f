import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createGroup } from './control-group.js';
import { systemPath } from './run-program.js';

/** Enters each control group named before `--`, then becomes the program after it (cgroups(7): 0 is the writer). */
const JOIN_SCRIPT =
  'while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"';

/** Systemd-nspawn ends with 133 when the machine asked for a reboot (systemd-nspawn(1), exit status). */
const REBOOT_SCRIPT = 'while "$@"; [ "$?" = 133 ]; do :; done';

/** A command that runs `argv` inside the control group `name`, which it makes. */
export function inGroup(name: string, argv: readonly string[]): string[] {
  return ['sh', '-c', JOIN_SCRIPT, 'join', ...createGroup(name), '--', ...argv];
}

/** A command that runs `argv` again as long as its exit code asks for a reboot. */
export function rebooting(argv: readonly string[]): string[] {
  return ['sh', '-c', REBOOT_SCRIPT, 'reboot-loop', ...argv];
}

export interface BackgroundOptions {
  readonly argv: readonly string[];
  /** Its output is added to this file. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Starts a process that outlives this one, with no terminal and a small environment. Returns its id. */
export function startInBackground({ argv, logFile, env = {} }: BackgroundOptions): number | undefined {
  const [program = '', ...args] = argv;
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(program, args, {
      cwd: '/',
      env: { PATH: systemPath(), LANG: 'C.UTF-8', ...env },
      detached: true,
      stdio: ['ignore', log, log],
    });
    // What went wrong is seen by whoever waits for the process to answer; its log tells the reason.
    child.on('error', () => {});
    child.unref();
    return child.pid;
  } finally {
    closeSync(log);
  }
}
