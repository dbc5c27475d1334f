/** What a report writes to: `process.stdout`, `process.stderr`, or a stream of a test. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** How a run is shown. */
export type ReportFormat = 'live' | 'plain' | 'json' | 'json-events' | 'quiet';

/** The common flags that decide how things are shown. Left out is false. */
export interface DisplayFlags {
  readonly json?: boolean | undefined;
  readonly jsonEvents?: boolean | undefined;
  readonly plain?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly debug?: boolean | undefined;
  readonly noColor?: boolean | undefined;
}

/** Everything that decides how a command shows itself. */
export interface Surroundings {
  readonly flags: DisplayFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** How a command shows itself. */
export interface Display {
  readonly format: ReportFormat;
  /** Whether stdout may be coloured. */
  readonly isColor: boolean;
  /** Whether stderr may be coloured: errors and prompts go there. */
  readonly isErrorColor: boolean;
  /** Columns of stdout; undefined where it is no terminal and nothing may be cut. */
  readonly width: number | undefined;
}

const DEFAULT_COLUMNS = 80;
const NARROWEST_COLUMNS = 20;

function chooseFormat({ flags, env, stdout }: Surroundings): ReportFormat {
  if (flags.jsonEvents === true) return 'json-events';
  if (flags.json === true) return 'json';
  if (flags.quiet === true) return 'quiet';
  // Debug lines and a list that redraws itself would overwrite each other.
  if (flags.plain === true || flags.debug === true) return 'plain';
  return stdout.isTTY === true && env['TERM'] !== 'dumb' ? 'live' : 'plain';
}

/** Sources: no-color.org (set and not empty), force-color.org (`0` and `false` turn it off, as Node reads it). */
function mayColor(output: Output, { flags, env }: Surroundings): boolean {
  if (flags.noColor === true || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTTY === true && env['TERM'] !== 'dumb';
}

/** Columns to fit text into; undefined where `output` is no terminal. A terminal that does not say counts as 80. */
export function widthOf(output: Output): number | undefined {
  if (output.isTTY !== true) return undefined;
  const columns = output.columns ?? 0;
  return columns > 0 ? Math.max(NARROWEST_COLUMNS, columns) : DEFAULT_COLUMNS;
}

/** Decides once how a command shows itself, from its flags, the environment and the streams. */
export function decideDisplay(surroundings: Surroundings): Display {
  return {
    format: chooseFormat(surroundings),
    isColor: mayColor(surroundings.stdout, surroundings),
    isErrorColor: mayColor(surroundings.stderr, surroundings),
    width: widthOf(surroundings.stdout),
  };
}
