import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { quoteAll } from '../core/quote.js';
import { sshConfigFile } from './controller-home.js';
import { labNames } from './lab-id.js';
import { requireMachine, requireState, type LabState } from './lab-state.js';
import { inNamespace } from './network.js';
import { runProgram, systemPath, type ProgramResult } from './run-program.js';

export interface LabExecOptions {
  readonly cwd?: string | undefined;
  /** Added to the controller's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | Uint8Array | undefined;
  /** `inherit`: the program has this process's terminal and nothing is captured. Default: `capture`. */
  readonly stdio?: 'capture' | 'inherit' | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Runs a program as the lab's controller: on its networks, with its home, its names, and no SSH agent.
 * @throws HomelabError `lab/not-up`
 */
export async function execInLab(
  id: string,
  argv: readonly string[],
  options: LabExecOptions = {},
): Promise<ProgramResult> {
  const state = requireState(id);
  // Ctrl-C in a terminal is for the program, which decides what it means; this process reports how it ended.
  if (options.stdio === 'inherit') process.on('SIGINT', ignoreSignal);
  try {
    const env = controllerEnvironment(state, options.env);
    return await runProgram(inNamespace(labNames(id).controllerNamespace, argv), { ...options, env });
  } finally {
    process.off('SIGINT', ignoreSignal);
  }
}

/** {@link execInLab} for those who send signals or look at output while it comes. The child's id is the program's own. */
export function spawnInLab(
  id: string,
  argv: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>>; stdio?: StdioOptions } = {},
): ChildProcess {
  const state = requireState(id);
  const [program = '', ...args] = inNamespace(labNames(id).controllerNamespace, argv);
  return spawn(program, args, { ...options, env: controllerEnvironment(state, options.env) });
}

/**
 * The command that logs into a machine with OpenSSH through its jump hosts, to be run by {@link execInLab}; with
 * `argv`: that runs it there. @throws HomelabError `lab/not-up`, `lab/unknown-machine`
 */
export function sshCommand(id: string, host: string, argv: readonly string[] = []): string[] {
  const { hostname } = requireMachine(requireState(id).plan, host);
  const remote = argv.length > 0 ? ['--', quoteAll(argv)] : [];
  return ['ssh', '-F', sshConfigFile(labNames(id)), hostname, ...remote];
}

const ignoreSignal = (): void => {};

/**
 * This process's environment without what belongs to its user: agent, folders for settings and state. Identities stay,
 * since what is rehearsed may be encrypted.
 */
function controllerEnvironment(
  state: LabState,
  added: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SSH_|XDG_|HOMELAB_(?!AGE_))/.test(name));
  return { ...Object.fromEntries(kept), PATH: systemPath(), HOME: state.home, USER: 'root', ...added };
}
