import type { Check } from '../../core/check.js';
import { readiness, readinessKey } from '../../probes/readiness.js';
import type { BoundDrain, FoundDrain } from './bound-drain.js';
import { drainHost, type HostSurvey, type SurveyOptions } from './host-survey.js';
import type { StageOutcome } from './stage.js';
import { notReady, notServing } from './upgrade-failures.js';

type WaitOptions = Pick<SurveyOptions, 'tools' | 'request' | 'signal'>;

const PAUSE_MS = 500;
/** Seconds that one look at a service may take. */
const LOOK_SECONDS = 5;

/** Whether what is drained does not serve at all until it is undrained. */
export function isStopping({ definition, params }: BoundDrain): boolean {
  return definition.stopsService?.(params) === true;
}

/** Waits until the checks that the roles name hold, as the host itself sees them. @throws HomelabError `rolling/not-ready` */
export async function untilReady(
  survey: HostSurvey,
  { request, tools, signal }: WaitOptions,
): Promise<StageOutcome> {
  const { reached, host, services } = survey;
  const checks: (Check & { readonly of: string })[] = services.flatMap(({ name, ready }) =>
    ready.map((check) => ({ ...check, of: name })),
  );
  const deadline = performance.now() + request.healthTimeoutSeconds * 1000;
  for (;;) {
    const held = await Promise.all(
      checks.map((check) => reached.shell.read(readiness, readinessKey(check, LOOK_SECONDS))),
    );
    const missing = checks.filter((_, index) => held[index] !== true).map(({ of }) => of);
    if (missing.length === 0) return { status: 'ok' };
    if (performance.now() >= deadline) throw notReady(host.name, [...new Set(missing)]);
    await tools.pause(PAUSE_MS, signal);
  }
}

/** Waits until what was drained serves as it was found to, as its API says. @throws HomelabError `rolling/not-serving` */
export async function untilServing(
  { label, definition, params, found }: FoundDrain,
  survey: HostSurvey,
  options: WaitOptions,
): Promise<StageOutcome> {
  const { request, tools, signal } = options;
  const deadline = performance.now() + request.healthTimeoutSeconds * 1000;
  for (;;) {
    const reason = await definition.pending(drainHost(survey, options), params, found);
    if (reason === undefined) return { status: 'ok' };
    if (performance.now() >= deadline) throw notServing(survey.host.name, label, reason);
    await tools.pause(PAUSE_MS, signal);
  }
}
