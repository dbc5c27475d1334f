import { HomelabError, toHomelabError } from '../../core/errors.js';
import type { ReachedHost } from '../../engine/reached-host.js';
import type { HostJob, JobState } from '../job/upgrade-job.js';
import type { UpgradeTools } from './upgrade-tools.js';

/** For a host that a lost connection has to be made to again. */
const RECONNECT_MS = 180_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;

/** An upgrade of packages may take this long on a slow machine. */
export const JOB_LIMIT_SECONDS = 3 * 3600;

interface JobWatching {
  readonly host: string;
  readonly reached: ReachedHost;
  readonly tools: Pick<UpgradeTools, 'jobs' | 'pause'>;
  readonly signal: AbortSignal;
}

/**
 * Carries out a job on a host, once, and returns when it has ended well. A cut connection is made again and the job found: it goes
 * on by itself.
 * @throws HomelabError `rolling/job-failed` with the end of its output, `rolling/job-lost`, `rolling/interrupted`, `transport/…`
 */
export async function carryOutJob(job: HostJob, watching: JobWatching): Promise<void> {
  const { reached, tools } = watching;
  await overAnyConnection(watching, () => tools.jobs.start(reached.shell, job));
  await awaitJob(job.id, watching);
}

/** As {@link carryOutJob}, of a job that was started before. */
export async function awaitJob(id: string, watching: JobWatching): Promise<void> {
  const { host, reached, tools, signal } = watching;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const state = await overAnyConnection(watching, () => tools.jobs.look(reached.shell, id));
    if (state.is !== 'running') return throwUnlessDone(host, state);
    await tools.pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  }
}

/** Whether the job of an earlier run has done its work; waits for it where it still runs. @throws HomelabError `rolling/interrupted`, `transport/…` */
export async function hasDone(id: string | undefined, watching: JobWatching): Promise<boolean> {
  if (id === undefined) return false;
  try {
    await awaitJob(id, watching);
    return true;
  } catch (thrown) {
    // What failed or was cut off then is done anew.
    if (['rolling/job-failed', 'rolling/job-lost'].includes(toHomelabError(thrown).code)) return false;
    throw thrown;
  }
}

/** Removes what a host keeps of a job. Where that cannot be done, later jobs make room. */
export async function forgetJob(id: string, watching: JobWatching): Promise<void> {
  const { tools, reached } = watching;
  await overAnyConnection(watching, () => tools.jobs.forget(reached.shell, id)).catch(() => undefined);
}

/** Does `ask`, anew over another connection where the one it used is lost. */
async function overAnyConnection<T>({ reached }: JobWatching, ask: () => Promise<T>): Promise<T> {
  await reached.comeBack();
  try {
    return await ask();
  } catch (thrown) {
    if (!toHomelabError(thrown).code.startsWith('transport/')) throw thrown;
    await reached.reconnect(RECONNECT_MS);
    return ask();
  }
}

function throwUnlessDone(host: string, state: JobState): void {
  if (state.is === 'ended' && state.code === 0) return;
  if (state.is === 'ended') {
    const said = state.output.trimEnd();
    throw new HomelabError({
      code: 'rolling/job-failed',
      host,
      message: `the upgrade of ${host} ended with exit code ${state.code}${said === '' ? '' : `\n${said}`}`,
      hint: 'Repair what it tells of, then: homelab upgrade --resume',
    });
  }
  throw new HomelabError({
    code: 'rolling/job-lost',
    host,
    message: `the upgrade of ${host} was cut off there and did not end`,
    hint: 'Look at the host; `homelab upgrade --resume` begins it again where it stands.',
  });
}
