import { setTimeout as delay } from 'node:timers/promises';
import { HomelabError, toHomelabError } from '../../core/errors.js';
import type { HostConfig } from '../../core/host-config.js';
import type { SectionResult } from '../../core/shell.js';
import type { Transport } from '../../core/transport.js';

/** The login that is to be proven. */
export interface ProofTarget {
  readonly host: HostConfig;
  readonly transport: Transport;
  /** A host that is reached through it and has to be reachable still; undefined: there is none. */
  readonly witness?: HostConfig | undefined;
}

export interface ProofRequest {
  /** For root's shell. */
  readonly script: string;
  /** When to give up, by `performance.now()`. */
  readonly deadlineMs: number;
  /** Refused logins that are enough. Default: 3. */
  readonly mostRefusals?: number | undefined;
}

/** What came of trying to log in until a time. */
export type LoginProof =
  | { readonly is: 'proven'; readonly result: SectionResult }
  | { readonly is: 'unproven'; readonly error: HomelabError };

/** Logins that are refused: more would only make the host shut us out (MaxStartups, PerSourcePenalties, fail2ban). */
const MOST_REFUSALS = 3;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

/** Nobody was let in, or not to root. Waiting does not help much. */
const REFUSALS = ['transport/auth-failed', 'transport/no-shell'];
/** A login will not come back from these by trying again. */
const FINAL = ['transport/host-key-changed', 'transport/host-key-revoked', 'transport/no-common-algorithm'];

/**
 * Logs in anew, over the same route with the same account and key, becomes root, and runs `script` there; tries again
 * until `deadlineMs` (of `performance.now()`) while nobody answers.
 */
export async function proveLogin(
  target: ProofTarget,
  { script, deadlineMs, mostRefusals = MOST_REFUSALS }: ProofRequest,
): Promise<LoginProof> {
  let refusals = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return { is: 'proven', result: await logInOnce(target, script, deadlineMs) };
    } catch (thrown) {
      const error = toHomelabError(thrown);
      if (isRefusal(error)) refusals += 1;
      const isOver = performance.now() + pauseMs >= deadlineMs;
      if (isOver || refusals >= mostRefusals || FINAL.includes(error.code)) return { is: 'unproven', error };
    }
    await delay(pauseMs);
  }
}

function isRefusal({ code }: HomelabError): boolean {
  return REFUSALS.includes(code) || code.startsWith('transport/sudo-');
}

async function logInOnce(
  { host, transport, witness }: ProofTarget,
  script: string,
  deadlineMs: number,
): Promise<SectionResult> {
  const afresh = transport.afresh();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const leftMs = Math.max(0, deadlineMs - performance.now());
    timer = setTimeout(() => reject(noAnswer(host.name)), leftMs);
  });
  const logIn = async (): Promise<SectionResult> => {
    const shell = await afresh.open(host);
    const [root] = await shell.run([{ script: '[ "$(id -u)" = 0 ]' }]);
    if (root?.code !== 0) throw notRoot(host.name);
    if (witness !== undefined) await (await afresh.open(witness)).run([{ script: 'true' }]);
    const [result] = await shell.run([{ script }]);
    return result as SectionResult;
  };
  const attempt = logIn();
  try {
    return await Promise.race([attempt, late]);
  } finally {
    clearTimeout(timer);
    await afresh.close();
    attempt.catch(() => undefined);
  }
}

function noAnswer(host: string): HomelabError {
  return new HomelabError({
    code: 'transport/timeout',
    host,
    message: `${host} did not answer a new login in time`,
  });
}

function notRoot(host: string): HomelabError {
  return new HomelabError({
    code: 'transport/sudo-denied',
    host,
    message: `a new login on ${host} is not root any more`,
  });
}
