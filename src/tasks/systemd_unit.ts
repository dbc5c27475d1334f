import * as z from 'zod';
import { Content } from '../core/content.js';
import type { MaybeState } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { units } from '../probes/units.js';
import { lostAtBoot } from './shared/boot-login.js';
import { newFileMode, probeFile, textOf, type ManagedFile } from './shared/managed-file.js';
import { contentSchema } from './shared/schemas.js';
import { isTemplate, touchedByUnit, unitNameSchema } from './shared/unit-name.js';
import { NO_OVERRIDES, observedOverrides, overridesAmong } from './shared/unit-overrides.js';
import { observedActivity, observedEnabled, requireSystemd } from './shared/unit-state.js';

const params = z
  .strictObject({
    name: unitNameSchema.describe('file name of the unit, e.g. backup.timer; without a suffix a service'),
    content: contentSchema.optional().describe('the unit file'),
    enabled: z.boolean().optional().describe('whether it starts at boot'),
    state: z
      .enum(['running', 'stopped', 'absent'])
      .optional()
      .describe('whether it runs now; absent stops, disables and removes it'),
    keep_overrides: z
      .boolean()
      .default(false)
      .describe(
        'leave drop-ins of the unit that no item of this host keeps (`systemctl edit`); they are removed else',
      ),
  })
  .superRefine(({ name, content, enabled, state, keep_overrides: areKept }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (state !== 'absent' && content === undefined) complain('content', 'is missing');
    if (state === 'absent' && content !== undefined)
      complain('content', 'makes no sense for a unit that is to be absent');
    if (state === 'absent' && enabled !== undefined)
      complain('enabled', 'makes no sense for a unit that is to be absent');
    if (state === 'absent' && areKept)
      complain('keep_overrides', 'makes no sense for a unit that is to be absent');
    if (state !== 'absent' && isTemplate(name) && (state !== undefined || enabled !== undefined))
      complain('name', 'is a template: run and enable its instances with `service`');
  });

type UnitParams = z.output<typeof params>;

/** The unit file as a managed file. Its mode is left as found: systemd reads it as root. */
function unitFile({ name, content, state }: UnitParams): ManagedFile {
  const path = `/etc/systemd/system/${name}`;
  return { path, content, state: state === 'absent' ? 'absent' : 'present', backup: false, sensitive: false };
}

/** Never null: a unit without a file may still run, and what it is called decides over what is shown. */
async function probe(host: ReadableHost, wanted: UnitParams): Promise<MaybeState> {
  requireSystemd(host.facts);
  const isUnlooked = wanted.state === 'absent' || wanted.keep_overrides;
  const [file, unit, overrides] = await Promise.all([
    probeFile(host, unitFile(wanted)),
    isTemplate(wanted.name) ? null : host.read(units, wanted.name),
    isUnlooked ? {} : observedOverrides(host, wanted.name),
  ]);
  if (file === null)
    return { state: 'absent', content: null, enabled: false, daemon_reload: 'done', ...overrides };
  const isWatched = wanted.state === 'running' || wanted.state === 'stopped';
  return {
    state: isWatched && unit !== null ? observedActivity(unit, wanted.state) : 'present',
    content: file['content'] ?? null,
    mode: file['mode'] ?? null,
    owner: file['owner'] ?? null,
    group: file['group'] ?? null,
    enabled: unit === null || wanted.enabled === undefined ? null : enabledNow(wanted, file, unit),
    daemon_reload: unit?.isReloadNeeded === true ? 'needed' : 'done',
    ...overrides,
  };
}

/** Whether a unit can be enabled is decided by the file that is to come, not by the one that goes. */
function enabledNow(
  wanted: UnitParams,
  file: NonNullable<MaybeState>,
  unit: Parameters<typeof observedEnabled>[1],
): boolean {
  const found = file['content'];
  const isSettled = found instanceof Content && found.equals(Content.of(wanted.content ?? ''));
  return isSettled ? observedEnabled(wanted.name, unit, wanted.enabled) : unit.unitFileState === 'enabled';
}

function steps({ params: wanted, before, changes, changed }: StepContext<UnitParams>): Step[] {
  const run = (...words: readonly string[]): Step => runStep(['systemctl', ...words, '--', wanted.name]);
  const reload = runStep(['systemctl', 'daemon-reload']);
  const { path, content = '' } = unitFile(wanted);
  if (wanted.state === 'absent') {
    const end = isTemplate(wanted.name) ? [] : [run('disable', '--now')];
    return [...end, runStep(['rm', '-f', '--', path]), reload];
  }
  const steps: Step[] = [];
  if (changed('content')) {
    const owner = textOf(before, 'owner') ?? '';
    const group = textOf(before, 'group') ?? '';
    const mode = textOf(before, 'mode') ?? newFileMode(content);
    steps.push({ do: 'write', path, body: content, mode, owner, group });
  }
  const overrides = overridesAmong(changes);
  if (overrides.length > 0) steps.push(runStep(['rm', '-f', '--', ...overrides]));
  if (changed('content') || changed('daemon_reload') || overrides.length > 0) steps.push(reload);
  // `reenable` also takes away links that an [Install] section before this one made.
  if (wanted.enabled === true && (changed('enabled') || changed('content'))) steps.push(run('reenable'));
  if (wanted.enabled === false && changed('enabled')) steps.push(run('disable'));
  if (wanted.state === 'running' && changed('state')) steps.push(run('start'));
  if (wanted.state === 'stopped' && changed('state')) steps.push(run('stop'));
  return steps;
}

/** A unit of systemd whose file is ours. */
export default defineTask<UnitParams>({
  summary: 'A unit file of our own, known to systemd, enabled and running as wanted',
  params,
  examples: [
    {
      name: 'heartbeat.service',
      content: '[Service]\nExecStart=/usr/local/bin/heartbeat\n\n[Install]\nWantedBy=multi-user.target\n',
      enabled: true,
      state: 'running',
    },
    { name: 'old-job.timer', state: 'absent' },
  ],
  desired: ({ content, enabled, state, keep_overrides: areKept }) => {
    if (state === 'absent') return { state };
    return {
      state: state ?? 'present',
      content: Content.of(content ?? ''),
      // Still owed where a run ended between the file and the reload.
      daemon_reload: 'done',
      ...(enabled === undefined ? {} : { enabled }),
      ...(areKept ? {} : NO_OVERRIDES),
    };
  },
  probe,
  touches: ({ name }) => touchedByUnit(name),
  foresight: ({ name, state }) => ({
    makes: state === 'absent' ? [] : [`unit:${name}`, `path:/etc/systemd/system/${name}`],
  }),
  losesLogin: (host, { name }, changes) => lostAtBoot(host, name, changes),
  steps,
});
