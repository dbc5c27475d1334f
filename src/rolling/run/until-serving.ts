import type { Check } from '../../core/check.js';
import type { HomelabError } from '../../core/errors.js';
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
export function untilReady(survey: HostSurvey, options: WaitOptions): Promise<StageOutcome> {
  const { reached, host, services } = survey;
  const checks: (Check & { readonly of: string })[] = services.flatMap(({ name, ready }) =>
    ready.map((check) => ({ ...check, of: name })),
  );
  return untilRight(options, async () => {
    const held = await Promise.all(
      checks.map((check) => reached.shell.read(readiness, readinessKey(check, LOOK_SECONDS))),
    );
    const missing = checks.filter((_, index) => held[index] !== true).map(({ of }) => of);
    return missing.length === 0 ? undefined : notReady(host.name, [...new Set(missing)]);
  });
}

/** Waits until what was drained serves as it was found to, as its API says. @throws HomelabError `rolling/not-serving` */
export function untilServing(
  { label, definition, params, found }: FoundDrain,
  survey: HostSurvey,
  options: WaitOptions,
): Promise<StageOutcome> {
  return untilRight(options, async () => {
    const reason = await definition.pending(drainHost(survey, options), params, found);
    return reason === undefined ? undefined : notServing(survey.host.name, label, reason);
  });
}

/** Looks again and again until nothing is wrong, and throws what is where that lasts for longer than health may take. */
async function untilRight(
  { request, tools, signal }: WaitOptions,
  look: () => Promise<HomelabError | undefined>,
): Promise<StageOutcome> {
  const deadline = performance.now() + request.healthTimeoutSeconds * 1000;
  for (;;) {
    const failure = await look();
    if (failure === undefined) return { status: 'ok' };
    if (performance.now() >= deadline) throw failure;
    await tools.pause(PAUSE_MS, signal);
  }
}
