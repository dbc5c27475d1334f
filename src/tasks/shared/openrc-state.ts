import { HomelabError } from '../../core/errors.js';
import type { MaybeState } from '../../core/state.js';
import { runStep, type Step } from '../../core/step.js';
import type { OpenrcService } from '../../probes/openrc-services.js';
import { textOf } from './managed-file.js';
import { scriptStep } from './script-step.js';

/** What is wanted of a service; the name is that of a unit. */
export interface WantedService {
  readonly name: string;
  readonly state?: 'running' | 'stopped' | undefined;
  readonly enabled?: boolean | undefined;
  readonly masked?: boolean | undefined;
  readonly restart: boolean;
  readonly reload: boolean;
}

/**
 * OpenRC's name of a service unit.
 * @throws HomelabError `task/unsupported` where the unit is none of the sort OpenRC has
 */
export function openrcName(unit: string): string {
  if (unit.endsWith('.service')) return unit.slice(0, -'.service'.length);
  throw new HomelabError({
    code: 'task/unsupported',
    message: `OpenRC has services alone, and ${unit} is none`,
    hint: 'Leave the item out here with `when: { init: systemd }`.',
  });
}

/** @throws HomelabError `task/unsupported` where a service is to be masked, which OpenRC cannot do */
export function refuseMask({ masked }: WantedService): void {
  if (masked !== true) return;
  throw new HomelabError({
    code: 'task/unsupported',
    message: 'OpenRC cannot mask a service',
    hint: 'Write `enabled: false` and `state: stopped`; `masked` is for systemd.',
  });
}

/** The observed fields of a service: those that are compared, and what the steps need to know. */
export function observedService(service: OpenrcService, wanted: WantedService): MaybeState {
  return {
    masked: false,
    enabled: service.runlevels.length > 0,
    state: activityOf(service, wanted.state),
    runlevels: service.runlevels.join(' '),
    // Marked as started by OpenRC, which then starts it only once the mark is gone.
    zap: service.activity === 'failed' && service.isOpenrcScript,
    canReload: service.canReload,
  };
}

function activityOf({ activity }: OpenrcService, wanted: string | undefined): string {
  if (activity === 'started') return 'running';
  return activity === 'failed' && wanted === 'stopped' ? 'stopped' : activity;
}

/** What makes it so, rc-service(8) and rc-update(8). New services go to the run level `default`. */
export function openrcSteps(
  wanted: WantedService,
  before: MaybeState,
  changed: (field: string) => boolean,
): Step[] {
  const name = openrcName(wanted.name);
  const steps: Step[] = [];
  const runlevels = (textOf(before, 'runlevels') ?? '').split(' ');
  if (wanted.enabled === true && changed('enabled'))
    steps.push(runStep(['rc-update', '--', 'add', name, 'default']));
  if (wanted.enabled === false && changed('enabled'))
    steps.push(runStep(['rc-update', '--', 'del', name, ...runlevels]));
  const run = (command: string): Step => runStep(['rc-service', '--', name, command]);
  const mustStart = wanted.state === 'running' && changed('state') && !wanted.restart;
  if (before?.['zap'] === true && (mustStart || wanted.restart)) steps.push(run('zap'));
  if (wanted.state === 'stopped' && changed('state')) steps.push(run('stop'));
  if (mustStart) steps.push(run('start'));
  if (wanted.restart) steps.push(run('restart'));
  if (wanted.reload) steps.push(reloadStep(name, before?.['canReload'] === true));
  return steps;
}

/** Whether it runs is asked again: a step before this one may have started it. */
function reloadStep(name: string, canReload: boolean): Step {
  return scriptStep({
    words: [name, canReload ? 'reload' : 'restart'],
    script: 'if rc-service -- "$1" status >/dev/null 2>&1; then rc-service -- "$1" "$2"; fi',
  });
}

/** The scripts that could be the service, whatever brings them. */
export function touchedByOpenrc(unit: string): string[] {
  const name = unit.replace(/\.service$/, '');
  return ['/etc/init.d', '/usr/local/etc/init.d'].map((folder) => `path:${folder}/${name}`);
}
