import { HomelabError } from '../../core/errors.js';
import type { WatchedService } from '../health/health-watch.js';
import type { UpgradeEntry } from '../journal/upgrade-entry.js';
import type { FoundDrain } from './bound-drain.js';
import { workOf, type HostSurvey } from './host-survey.js';
import type { HostUpgradeOptions } from './host-upgrade.js';
import type { StageOutcome } from './stage.js';
import { servingStage, STAGES } from './stage-names.js';
import { isStopping, untilReady, untilServing } from './until-serving.js';
import { notUpForLong } from './until-well.js';
import { notRebooted, notRestarted, notSettled } from './upgrade-failures.js';
import type { StaleService } from './upgrade-tools.js';

interface AfterOptions extends HostUpgradeOptions {
  /** Labels of the drains that are in force. */
  readonly drained: ReadonlySet<string>;
  readonly undrain: (drain: FoundDrain) => Promise<void>;
}

const PAUSE_MS = 500;

/**
 * Boots or restarts what was upgraded, proves that all is as it was before, and brings its work back: what stops the service
 * itself first, the rest once it serves. What runs on it is drained just before a boot.
 * @throws HomelabError `rolling/…`, `engine/reboot-…`, `drain/…`
 */
export async function afterUpgrade(survey: HostSurvey, options: AfterOptions): Promise<void> {
  const { stages, request, watch, signal, ownServices, reachChildren, guests } = options;
  const timeoutMs = request.healthTimeoutSeconds * 1000;
  const untilUp = (): Promise<void> => watch.untilUp(ownServices, { timeoutMs, signal });
  const isRebooted = await bootOrRestart(survey, options);
  await stages.run(STAGES.settled, () => settle(survey, options));
  const back = survey.drains.toReversed();
  for (const drain of back.filter(isStopping)) await options.undrain(drain);
  await stages.run(STAGES.ready, () => untilReady(survey, options));
  if (reachChildren !== undefined)
    await stages.run(STAGES.children, async () => {
      await reachChildren();
      return { status: 'ok' };
    });
  await guests.awaitBack(isRebooted);
  await stages.run(STAGES.health, async () => {
    await untilUp();
    return { status: 'ok', reason: ownServices.length === 0 ? 'it declares no check' : undefined };
  });
  await guests.undrain();
  for (const drain of back) await options.undrain(drain);
  for (const drain of survey.drains)
    await stages.run(servingStage(drain.label), () => untilServing(drain, survey, options));
  await stages.run(STAGES.soak, () => soak(options, untilUp));
}

/** @returns whether it has booted anew */
async function bootOrRestart(survey: HostSurvey, options: AfterOptions): Promise<boolean> {
  const { reached, host, services, memory } = survey;
  const { stages, request, tools, journal, guests } = options;
  const write = (entry: UpgradeEntry): void => journal.write(entry);
  const asked = memory?.rebootedFrom;
  if (asked !== undefined && asked !== reached.ledger.boot) {
    await stages.run(STAGES.reboot, () =>
      Promise.resolve({ status: 'changed', reason: 'it came back by itself' }),
    );
    stages.forgo(STAGES.restart, 'the boot did that');
    guests.forgo('it has booted already');
    return true;
  }
  const reason = request.reboot === 'always' ? 'as asked' : await tools.rebootReason(reached.shell);
  // What its wave was not planned for would take others with it.
  const mayReboot = workOf(survey, request)?.reboot !== 'no';
  if (reason !== undefined && mayReboot) {
    await guests.drain();
    await stages.run(STAGES.reboot, async () => {
      write({ is: 'rebooting', host: host.name, boot: reached.ledger.boot });
      const timeoutMs = request.rebootTimeoutSeconds * 1000;
      try {
        await reached.reboot({ do: 'reboot', timeoutMs, isReturnExpected: true });
      } catch (thrown) {
        throw notRebooted(host.name, thrown);
      }
      await reached.ledger.take();
      return { status: 'changed', changes: [{ field: 'reboot', before: null, after: reason }] };
    });
    stages.forgo(STAGES.restart, 'the boot did that');
    return true;
  }
  guests.forgo('it does not boot');
  const stale = await tools.staleServices(reached.shell, reached.facts, services);
  if (stale.length > 0) await stages.run(STAGES.restart, () => restart(stale, survey, options));
  else stages.forgo(STAGES.restart, 'nothing runs old code');
  write({ is: 'restarted', host: host.name });
  if (reason !== undefined)
    await stages.run(STAGES.reboot, () =>
      Promise.resolve({ status: 'skipped', reason: `not made: ${reason}` }),
    );
  else stages.forgo(STAGES.reboot, 'not needed');
  return false;
}

async function restart(
  stale: readonly StaleService[],
  { reached, host, services }: HostSurvey,
  { tools, drained }: AfterOptions,
): Promise<StageOutcome> {
  const isDrained = (unit: string): boolean =>
    services.some((service) => service.unit === unit.replace(/\.service$/, '') && drained.has(service.name));
  const left = stale.filter(({ unit, isDisruptive }) => isDisruptive && !isDrained(unit));
  const units = stale.filter((one) => !left.includes(one)).map(({ unit }) => unit);
  if (units.length > 0) {
    const [result] = await reached.shell.run([{ script: tools.restartScript(reached.facts, units) }]);
    if (result?.code !== 0) throw notRestarted(host.name, units, result?.stderr.toString('utf8') ?? '');
  }
  const changes = units.map((field) => ({ field, before: 'runs old code', after: 'restarted' }));
  const reason =
    left.length === 0
      ? undefined
      : `left alone, because more than it would stop: ${left.map(({ unit }) => unit).join(', ')}`;
  return { status: units.length === 0 ? 'skipped' : 'changed', changes, reason };
}

/** What fails now and did not before the upgrade; a host that is still starting is given time. */
async function settle(survey: HostSurvey, { tools, request, signal }: AfterOptions): Promise<StageOutcome> {
  const { reached, host } = survey;
  const before = survey.memory?.state ?? survey.state.failures;
  const deadline = performance.now() + request.healthTimeoutSeconds * 1000;
  for (;;) {
    const failures = await tools.failures(reached.shell, reached.facts);
    const fresh = failures.filter((one) => !before.includes(one));
    if (fresh.length === 0) return { status: 'ok' };
    if (performance.now() >= deadline) throw notSettled(host.name, fresh);
    await tools.pause(PAUSE_MS, signal);
  }
}

async function soak(
  { request, tools, signal, watch, isExcused }: AfterOptions,
  untilUp: () => Promise<void>,
): Promise<StageOutcome> {
  if (request.soakSeconds === 0) return { status: 'skipped', reason: 'as asked' };
  await tools.pause(request.soakSeconds * 1000, signal);
  await untilUp();
  const counts = (service: WatchedService): boolean => service.state === 'down' && !isExcused(service);
  const away = await notUpForLong({ watch, counts, tools, signal });
  const [first] = away;
  if (first === undefined) return { status: 'ok' };
  throw new HomelabError({
    code: 'rolling/unhealthy',
    message: `${away.map(({ name }) => name).join(', ')} did not stay up${first.said === undefined ? '' : `: ${first.said}`}`,
    hint: 'Repair it, then: homelab upgrade --resume',
  });
}
