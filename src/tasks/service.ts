import * as z from 'zod';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { openrcServices } from '../probes/openrc-services.js';
import { units } from '../probes/units.js';
import { lostAtBoot } from './shared/boot-login.js';
import {
  observedService,
  openrcName,
  openrcSteps,
  refuseMask,
  touchedByOpenrc,
} from './shared/openrc-state.js';
import { AS_INSTALLED, observedVersion, touchedByVersion } from './shared/running-version.js';
import { isTemplate, startedThing, touchedByUnit, unitNameSchema } from './shared/unit-name.js';
import {
  doesExist,
  isMasked,
  observedActivity,
  observedEnabled,
  requireSystemd,
} from './shared/unit-state.js';

const params = z
  .strictObject({
    name: unitNameSchema
      .refine((unit) => !isTemplate(unit), 'is a template: name an instance of it')
      .describe('unit, e.g. nginx, ssh.socket, backup.timer, getty@tty1; without a suffix a service'),
    state: z.enum(['running', 'stopped']).optional().describe('whether it runs now'),
    enabled: z.boolean().optional().describe('whether it starts at boot'),
    masked: z.boolean().optional().describe('whether starting it is forbidden; systemd alone'),
    if_present: z.boolean().default(false).describe('nothing is asked where there is no such unit'),
    unless_active: z
      .array(unitNameSchema)
      .default([])
      .describe('units that need it: nothing is asked where one of them is active; systemd alone'),
    version: z
      .array(z.string().regex(/^[^\p{Cc}]+$/u, 'must be one line'))
      .min(1)
      .refine(([program = '']) => /^[A-Za-z0-9/][A-Za-z0-9_./+-]*$/.test(program), 'begins with no program')
      .optional()
      .describe(
        'program and arguments that print the installed version, e.g. [nomad, version]: the service is restarted where its main process runs an older file of that program. With `state: running` alone',
      ),
    restart: z.boolean().default(false).describe('restart it; only in an action'),
    reload: z
      .boolean()
      .default(false)
      .describe('let it read its configuration again if it runs; only in an action'),
  })
  .superRefine(({ state, enabled, masked, version, restart, reload }, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    if (version !== undefined && (state !== 'running' || restart || reload))
      complain('compares versions of what runs: `version` goes with `state: running`, not in an action');
    if (state === undefined && enabled === undefined && masked === undefined && !restart && !reload)
      complain('asks for nothing: give `state`, `enabled` or `masked`');
    if (restart && reload) complain('takes one of `restart` and `reload`, not both');
    if ((restart || reload) && state === 'stopped') complain('cannot be stopped and restarted');
    if (masked === true && (state === 'running' || enabled === true || restart || reload))
      complain('is masked: it can neither run nor be enabled');
  });

type ServiceParams = z.output<typeof params>;

/** The field that says whether the file that runs is the one that is installed. */
const VERSION = 'running_version';

async function probe(host: ReadableHost, wanted: ServiceParams): Promise<MaybeState | Unknown> {
  const { name, version } = wanted;
  if (version === undefined) return probeService(host, wanted);
  const service = host.facts.init === 'openrc' ? openrcName(name) : name;
  const [seen, running] = await Promise.all([
    probeService(host, wanted),
    observedVersion(host, service, version),
  ]);
  if (seen instanceof Unknown) return seen;
  return running instanceof Unknown ? running : { ...seen, [VERSION]: running };
}

async function probeService(host: ReadableHost, wanted: ServiceParams): Promise<MaybeState | Unknown> {
  if (host.facts.init === 'openrc') return probeOpenrc(host, wanted);
  requireSystemd(host.facts);
  const [unit, ...users] = await Promise.all([
    host.read(units, wanted.name),
    ...wanted.unless_active.map((name) => host.read(units, name)),
  ]);
  if (users.some((user) => user?.activeState === 'active')) return desired(wanted);
  if (!doesExist(unit)) return wanted.if_present ? desired(wanted) : missing('unit', wanted.name);
  return {
    masked: isMasked(unit),
    enabled: wanted.enabled === undefined ? null : observedEnabled(wanted.name, unit, wanted.enabled),
    state: observedActivity(unit, wanted.state),
    stale: unit.isReloadNeeded,
  };
}

function missing(sort: 'unit' | 'service', unit: string): Unknown {
  const name = sort === 'unit' ? unit : openrcName(unit);
  return new Unknown(`${sort} ${name} does not exist`, touchedByService(unit));
}

function touchedByService(unit: string): string[] {
  return [...touchedByUnit(unit), ...touchedByOpenrc(unit)];
}

async function probeOpenrc(host: ReadableHost, wanted: ServiceParams): Promise<MaybeState | Unknown> {
  const name = openrcName(wanted.name);
  refuseMask(wanted);
  const service = await host.read(openrcServices, name);
  if (service === null) return wanted.if_present ? desired(wanted) : missing('service', wanted.name);
  return observedService(service, wanted);
}

/** What is to run or to start at boot may not be masked, whoever did that; undefined: leave as found. */
function wantedMask({ state, enabled, masked }: ServiceParams): boolean | undefined {
  return masked ?? (state === 'running' || enabled === true ? false : undefined);
}

function desired(wanted: ServiceParams): State {
  const { state, enabled, version } = wanted;
  const masked = wantedMask(wanted);
  return {
    ...(masked === undefined ? {} : { masked }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(state === undefined ? {} : { state }),
    ...(version === undefined ? {} : { [VERSION]: AS_INSTALLED }),
  };
}

function steps({ params, facts, before, changed }: StepContext<ServiceParams>): Step[] {
  const wanted = changed(VERSION) ? { ...params, restart: true } : params;
  if (facts.init === 'openrc') return openrcSteps(wanted, before, changed);
  const run = (...words: readonly string[]): Step => runStep(['systemctl', ...words, '--', wanted.name]);
  const steps: Step[] = [];
  const mustStart = wanted.state === 'running' && changed('state') && !wanted.restart;
  if (wanted.masked !== true && changed('masked')) steps.push(run('unmask'));
  if (before?.['stale'] === true && (mustStart || wanted.restart || wanted.reload))
    steps.push(runStep(['systemctl', 'daemon-reload']));
  if (wanted.enabled !== undefined && changed('enabled'))
    steps.push(run(wanted.enabled ? 'enable' : 'disable'));
  // Before it is stopped: a socket or D-Bus could start it again in between.
  if (wanted.masked === true && changed('masked')) steps.push(run('mask'));
  if (wanted.state === 'stopped' && changed('state')) steps.push(run('stop'));
  if (mustStart) steps.push(run('start'));
  if (wanted.restart) steps.push(run('restart'));
  if (wanted.reload) steps.push(run('try-reload-or-restart'));
  return steps;
}

/** A unit of systemd, or a service of OpenRC, that something else brought. */
export default defineTask<ServiceParams>({
  summary: 'A unit runs or not, starts at boot or not',
  params,
  examples: [
    { name: 'nginx', state: 'running', enabled: true },
    { name: 'apt-daily.timer', state: 'stopped', enabled: false },
    { name: 'ssh', reload: true },
    { name: 'nomad', state: 'running', enabled: true, version: ['nomad', 'version'] },
    { name: 'rpcbind.socket', state: 'stopped', masked: true },
    { name: 'cups.service', state: 'stopped', masked: true, if_present: true },
  ],
  desired,
  probe,
  touches: ({ name, unless_active: users, version }) => [
    ...touchedByService(name),
    ...users.map((unit) => `unit:${unit}`),
    ...(version === undefined ? [] : touchedByVersion(version)),
  ],
  foresight: ({ name, state, version }) => ({
    makes: [],
    // What was tried with a configuration runs with it.
    doneBy: state === 'running' ? { state: startedThing(name) } : undefined,
    hingesOn:
      version === undefined
        ? undefined
        : { things: ['packages:installed'], why: 'which version is installed shows then' },
  }),
  losesLogin: (host, { name }, changes) => lostAtBoot(host, name, changes),
  steps,
  isAction: ({ restart, reload }) => restart || reload,
  // What runs then was started with what it finds.
  isDoneByBoot: ({ restart, reload }) => restart || reload,
});
