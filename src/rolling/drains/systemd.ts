import * as z from 'zod';
import { defineDrain, type DrainHost } from '../../core/drain.js';
import { HomelabError } from '../../core/errors.js';
import { quote } from '../../core/quote.js';
import { openrcServices } from '../../probes/openrc-services.js';
import { units as unitsReader } from '../../probes/units.js';

/** systemd.unit(5); without a suffix a service is meant. */
const unitSchema = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9:_\\][A-Za-z0-9:_.\\@-]*$/, 'is no name of a unit')
  .refine((name) => !/@(?:\.[a-z]+)?$/.test(name), 'is a template: name an instance of it');

const params = z.strictObject({
  units: z
    .array(unitSchema)
    .min(1)
    .describe(
      'units of systemd, or services of OpenRC, in the order they are stopped in; started in the reverse one',
    ),
  timeout: z.int().min(1).max(3600).default(300).describe('seconds that each may take to stop or start'),
});

type SystemdParams = z.output<typeof params>;

const foundSchema = z.strictObject({
  /** Those that ran, in the order they are stopped in. */
  running: z.array(z.string()),
});

type SystemdFound = z.output<typeof foundSchema>;

const SUFFIX = /\.(?:service|socket|timer|target|mount|automount|path|slice|swap|scope)$/;
/** What systemd calls a unit that does something or is about to, org.freedesktop.systemd1(5). */
const RUNNING = ['active', 'reloading', 'refreshing', 'activating'];

function isOpenrc({ facts }: DrainHost): boolean {
  return facts.init === 'openrc';
}

/** As the host's init calls it. */
function nameOn(host: DrainHost, unit: string): string {
  if (isOpenrc(host)) return unit.replace(/\.service$/, '');
  return SUFFIX.test(unit) ? unit : `${unit}.service`;
}

/** What a unit does, in a word of its init; undefined: there is no such unit. */
async function activityOf(host: DrainHost, unit: string): Promise<string | undefined> {
  const name = nameOn(host, unit);
  if (isOpenrc(host)) return (await host.shell.read(openrcServices, name))?.activity;
  const entry = await host.shell.read(unitsReader, name);
  return entry === null || entry.loadState === 'not-found' ? undefined : entry.activeState;
}

function isRunning(host: DrainHost, activity: string | undefined): boolean {
  if (activity === undefined) return false;
  return isOpenrc(host) ? ['started', 'starting', 'inactive'].includes(activity) : RUNNING.includes(activity);
}

/** Whether it serves, and is not only on its way. */
function isUp(host: DrainHost, activity: string | undefined): boolean {
  return isOpenrc(host) ? activity === 'started' : activity === 'active';
}

async function find(host: DrainHost, { units }: SystemdParams): Promise<SystemdFound> {
  const running: string[] = [];
  for (const unit of units) {
    const activity = await activityOf(host, unit);
    if (activity === undefined) throw noUnit(host, unit);
    if (isRunning(host, activity)) running.push(nameOn(host, unit));
  }
  return { running };
}

function noUnit({ name }: DrainHost, unit: string): HomelabError {
  return new HomelabError({
    code: 'drain/no-unit',
    message: `${name} has no unit ${unit}`,
    hint: 'Correct `units` of its `drain`, or provision the host first.',
    host: name,
  });
}

const SLACK_SECONDS = 30;

async function command(
  host: DrainHost,
  verb: 'start' | 'stop',
  unit: string,
  { timeout }: SystemdParams,
): Promise<void> {
  const script = isOpenrc(host)
    ? `rc-service -- ${quote(unit)} ${verb} </dev/null`
    : `systemctl --no-ask-password ${verb} -- ${quote(unit)}`;
  const limited = `if command -v timeout >/dev/null 2>&1; then timeout ${timeout} ${script}; else ${script}; fi`;
  const [result] = await host.shell.run([{ script: limited }], {
    timeoutMs: (timeout + SLACK_SECONDS) * 1000,
  });
  const activity = await activityOf(host, unit);
  if (verb === 'stop' ? !isRunning(host, activity) : isUp(host, activity)) return;
  const said = result?.stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
  throw new HomelabError({
    code: `drain/not-${verb === 'stop' ? 'stopped' : 'started'}`,
    message: `${unit} of ${host.name} does not ${verb}: it is ${activity ?? 'not there'}${said === '' ? '' : `: ${said.replaceAll(/\p{Cc}/gu, ' ').slice(0, 300)}`}`,
    hint: isOpenrc(host)
      ? `See \`rc-service ${unit} status\` and its log there.`
      : `See \`systemctl status ${unit}\` and \`journalctl -u ${unit}\` there.`,
    host: host.name,
  });
}

/** Units that are stopped before the host goes, each when the one before has stopped. */
export default defineDrain<SystemdParams, SystemdFound>({
  summary: 'Units that run are stopped in order, and exactly those started again',
  params,
  examples: [{ units: ['app', 'database'] }, { units: ['postgresql@15-main.service'], timeout: 900 }],
  found: foundSchema,
  find,
  stopsService: () => true,
  describe: ({ running }) => (running.length === 0 ? undefined : `stops ${running.join(', ')}`),
  drain: async (host, wanted, { running }) => {
    for (const unit of running)
      if (isRunning(host, await activityOf(host, unit))) await command(host, 'stop', unit, wanted);
  },
  undrain: async (host, wanted, { running }) => {
    for (const unit of running.toReversed())
      if (!isUp(host, await activityOf(host, unit))) await command(host, 'start', unit, wanted);
  },
  pending: async (host, _wanted, { running }) => {
    for (const unit of running) {
      const activity = await activityOf(host, unit);
      if (!isUp(host, activity)) return `${unit} is ${activity ?? 'not there'}`;
    }
    return undefined;
  },
});
