import { HomelabErrors, type HomelabError } from '../core/errors.js';
import type { HostResult } from '../core/result.js';
import type { Palette } from './palette.js';
import { visible, visibleLine } from './sanitize.js';

interface Failure {
  readonly place: string;
  readonly error: HomelabError;
}

function failuresOf(host: HostResult): Failure[] {
  const name = visibleLine(host.host);
  const failures: Failure[] = host.tasks.flatMap((task) =>
    task.error === null ? [] : [{ place: `${name}: ${visibleLine(task.name)}`, error: task.error }],
  );
  if (host.error === null) return failures;
  const { code, message } = host.error;
  const told = failures.findIndex(({ error }) => error.code === code && error.message === message);
  // A task's error that stopped the host is often the host's error too; it is told once, with all that the host's says.
  if (told !== -1) return failures.with(told, { place: failures[told]?.place ?? name, error: host.error });
  const task = host.error.task === undefined ? '' : `: ${visibleLine(host.error.task)}`;
  return [...failures, { place: `${name}${task}`, error: host.error }];
}

/** Of several mistakes found together each is told, not their number. */
function eachOf({ place, error }: Failure): Failure[] {
  return error instanceof HomelabErrors
    ? error.errors.map((one) => ({ place, error: one }))
    : [{ place, error }];
}

function failureText({ place, error }: Failure, palette: Palette): string {
  const [first = '', ...rest] = visible(error.message).trimEnd().split('\n');
  const source =
    error.source === undefined
      ? ''
      : `  ${palette.dim(`at ${visibleLine(error.source.file)}:${error.source.line}`)}\n`;
  const hint =
    error.hint === undefined
      ? ''
      : `  ${palette.cyan('hint:')} ${visible(error.hint).replaceAll('\n', '\n  ')}\n`;
  // Indented, so that nothing in a host's output can look like a line of ours.
  const tail = rest.map((line) => `  | ${line}\n`).join('');
  return `${palette.red('!')} ${palette.bold(place)}: ${first}\n${tail}${source}${hint}`;
}

/**
 * What failed in a run: place, message, the rest of the message (often a command's stderr) behind `|`, where it is
 * written, and what to do next. Empty where nothing failed.
 */
export function failuresText(hosts: readonly HostResult[], palette: Palette): string {
  return hosts
    .flatMap(failuresOf)
    .flatMap(eachOf)
    .map((failure) => failureText(failure, palette))
    .join('');
}
