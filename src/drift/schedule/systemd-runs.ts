import type { ScheduleStatus } from './scheduler.js';

/** What is asked of a timer and its service, in this order (org.freedesktop.systemd1(5)). */
export const PROPERTIES = [
  'Id',
  'ActiveState',
  'SubState',
  'LastTriggerUSec',
  'NextElapseUSecRealtime',
  'ExecMainStartTimestamp',
  'ExecMainExitTimestamp',
  'ExecMainCode',
  'ExecMainStatus',
  'Result',
].join(',');

/** CLD_EXITED of waitid(2): the process ended by itself. */
const EXITED = '1';

type Properties = ReadonlyMap<string, string>;

/** Of `systemctl show TIMER SERVICE`, asked for {@link PROPERTIES} with times in UTC: when the last check was, and the next. */
export function runsOf(stdout: string): Pick<ScheduleStatus, 'last' | 'next' | 'isActive'> {
  const units = stdout.split(/\n\n+/).map(propertiesOf);
  const ending = (end: string): Properties =>
    units.find((unit) => unit.get('Id')?.endsWith(end) === true) ?? new Map();
  const [timer, service] = [ending('.timer'), ending('.service')];
  return {
    isActive: timer.get('ActiveState') === 'active',
    next: timeOf(timer.get('NextElapseUSecRealtime')),
    last: lastOf(timer, service),
  };
}

function lastOf(timer: Properties, service: Properties): ScheduleStatus['last'] {
  const begun = timeOf(service.get('ExecMainStartTimestamp'));
  const triggered = timeOf(timer.get('LastTriggerUSec'));
  // The two are asked for one after the other: a check may end in between, and the timer that waited for it knows no next one.
  const isRunning =
    timer.get('SubState') === 'running' ||
    ['activating', 'active', 'deactivating'].includes(service.get('ActiveState') ?? '');
  const since = begun ?? triggered;
  if (isRunning && since !== null) return { at: since, isRunning, exitCode: null, failure: null };
  const ended = timeOf(service.get('ExecMainExitTimestamp'));
  const result = service.get('Result') ?? 'success';
  const failure = ['success', 'exit-code'].includes(result) ? null : result;
  if (ended === null) {
    return triggered === null ? null : { at: triggered, isRunning: false, exitCode: null, failure };
  }
  const status = service.get('ExecMainCode') === EXITED ? Number(service.get('ExecMainStatus')) : Number.NaN;
  return { at: ended, isRunning: false, exitCode: Number.isInteger(status) ? status : null, failure };
}

function propertiesOf(text: string): Properties {
  return new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
}

/** `Sun 2026-11-22 08:00:00 UTC` as ISO 8601; null: empty, `n/a`, or something else. */
function timeOf(text: string | undefined): string | null {
  const [, day, time] = /^\w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC$/.exec(text ?? '') ?? [];
  return day === undefined ? null : `${day}T${time}Z`;
}
