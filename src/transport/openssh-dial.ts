import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HomelabError } from '../core/errors.js';
import type { Timings } from '../core/timings.js';
import { watchDial } from './dial-clock.js';
import type { Endpoint } from './endpoint.js';
import type { Askpass } from './openssh-askpass.js';
import { hasAnswered, isAnswer, opensshFailure } from './openssh-failure.js';
import type { PrivateFolder } from './openssh-folder.js';
import { tellsLogin } from './openssh-login.js';
import type { KnownKeys } from './host-key-store.js';
import type { OpensshMaster } from './openssh-master.js';
import { SshProcess } from './openssh-process.js';
import { forwardFailure, jumpFailure } from './ssh-failure.js';

export interface OpensshDial {
  readonly endpoint: Endpoint;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: PrivateFolder;
  readonly askpass: Askpass;
  readonly known: KnownKeys;
  readonly carrier: OpensshMaster | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly timings?: Timings | undefined;
  /** Called when the server has said that it is one. */
  readonly onAnswer?: (() => void) | undefined;
}

const LOGIN_TOLD_MS = 500;

/** Lines of the log after which a phase is over, and the phase. */
const PHASES = [
  ['debug1: Local version string', 'connect'],
  ['debug1: SSH2_MSG_NEWKEYS received', 'handshake'],
] as const;

/** Runs an ssh until it listens on `socket`, so is logged in. @throws HomelabError `transport/…` */
export async function dialProgram(dial: OpensshDial, socket: string): Promise<SshProcess> {
  const { endpoint, timings } = dial;
  let since = performance.now();
  const pending = [...PHASES];
  const process = new SshProcess({
    ...dial,
    onLine: (line) => {
      tellAnswer(dial, line);
      if (pending[0] === undefined || !line.startsWith(pending[0][0])) return;
      const [[, phase]] = pending.splice(0, 1) as [(typeof PHASES)[number]];
      since = timings?.add(phase, endpoint.name, since) ?? since;
    },
  });
  await watched(dial, process, async () => {
    await process.until(() => existsSync(socket));
    if (!existsSync(socket)) throw await whyNot(dial, process);
    // It came before the socket, by a pipe that may not have been read yet. What ssh does not say is not waited for.
    await Promise.race([
      process.until(() => tellsLogin(process.log.lines)),
      sleep(LOGIN_TOLD_MS, undefined, { ref: false }),
    ]);
  });
  timings?.add('login', endpoint.name, since);
  return process;
}

function tellAnswer({ onAnswer }: OpensshDial, line: string): void {
  if (isAnswer(line)) onAnswer?.();
}

/** Runs an ssh to its end, whatever that is. @returns why it did not log in @throws HomelabError where it took too long */
export async function runToEnd(dial: OpensshDial): Promise<HomelabError> {
  const process = new SshProcess({ ...dial, onLine: (line) => tellAnswer(dial, line) });
  return watched(dial, process, () => whyNot(dial, process));
}

/** `work`, as long as there is time; a process that failed is not left behind. */
async function watched<Value>(
  { endpoint, askpass, timeoutMs, signal }: OpensshDial,
  process: SshProcess,
  work: () => Promise<Value>,
): Promise<Value> {
  const watch = watchDial({ endpoint, isAsking: () => askpass.isAsking, timeoutMs, signal });
  try {
    return await Promise.race([work(), watch.late]);
  } catch (thrown) {
    process.kill('SIGKILL');
    throw thrown;
  } finally {
    watch.stop();
  }
}

async function whyNot(dial: OpensshDial, process: SshProcess): Promise<HomelabError> {
  const { endpoint, carrier, known, askpass } = dial;
  const unstarted = await process.ended;
  if (unstarted !== undefined) return unstarted;
  if (carrier !== undefined && !hasAnswered(process.log)) {
    const refusal = await refusalOf(carrier, endpoint);
    if (carrier.reason !== undefined) return jumpFailure(endpoint, carrier.endpoint, carrier.reason);
    if (refusal !== undefined) return forwardFailure(endpoint, carrier.endpoint, refusal);
  }
  return opensshFailure({ endpoint, log: process.log, known, unlocked: askpass.keys });
}

/** What the jump host's ssh says comes by another pipe, so perhaps a little later. */
async function refusalOf(
  carrier: OpensshMaster,
  endpoint: Endpoint,
): Promise<ReturnType<OpensshMaster['refusalOf']>> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const refusal = carrier.refusalOf(endpoint);
    if (refusal !== undefined || carrier.reason !== undefined) return refusal;
    await sleep(20);
  }
  return undefined;
}
