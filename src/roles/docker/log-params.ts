import * as z from 'zod';

/** The log drivers that are in the daemon itself on Linux (docs.docker.com/engine/logging/configure). */
const DRIVERS = [
  'none',
  'local',
  'json-file',
  'syslog',
  'journald',
  'gelf',
  'fluentd',
  'awslogs',
  'splunk',
  'gcplogs',
];

/** The daemon takes any name, and then no container starts. */
export const logDriverSchema = z
  .string()
  .refine(
    (name) => DRIVERS.includes(name) || /^[a-z0-9][a-z0-9._/-]*:[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name),
    `must be one of ${DRIVERS.join(', ')}, or a plugin with its tag, e.g. loki:latest`,
  );

/** The daemon wants texts, whatever they are. */
export const logOptsSchema = z.record(
  z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be an option of a log driver, e.g. max-size'),
  z
    .union([z.string().regex(/^\P{Cc}*$/u, 'must not hold control characters'), z.number(), z.boolean()])
    .transform(String),
);

/** What limits the files of the drivers that write some. */
const LIMITS = { 'max-size': '10m', 'max-file': '3' };

/** Options of the drivers that keep files, which are all known: a daemon with another one does not start. */
const FILE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'json-file': [
    'max-size',
    'max-file',
    'compress',
    'labels',
    'labels-regex',
    'env',
    'env-regex',
    'tag',
    'mode',
    'max-buffer-size',
  ],
  local: ['max-size', 'max-file', 'compress', 'mode', 'max-buffer-size'],
};

/** How the values of some look. */
const FORMS: Readonly<Record<string, readonly [form: RegExp, what: string]>> = {
  'max-size': [/^[1-9]\d*[kmg]?$/i, 'must be a size, e.g. 10m'],
  'max-file': [/^[1-9]\d*$/, 'must be a number of files, at least 1'],
  compress: [/^(?:true|false)$/, 'must be true or false'],
  mode: [/^(?:blocking|non-blocking)$/, 'must be blocking or non-blocking'],
};

interface LogParams {
  readonly log_driver: string;
  readonly log_opts?: Readonly<Record<string, string>> | undefined;
}

/** Options as daemon.json has them, limits included; undefined where there are none. */
export function logOptions({ log_driver: driver, log_opts: options }: LogParams): LogParams['log_opts'] {
  return Object.hasOwn(FILE_OPTIONS, driver) ? { ...LIMITS, ...options } : options;
}

/** Complains about options that the driver does not take. */
export function refineLog(wanted: LogParams, complain: (path: string[], message: string) => void): void {
  const known = FILE_OPTIONS[wanted.log_driver];
  for (const [name, value] of Object.entries(wanted.log_opts ?? {})) {
    if (known !== undefined && !known.includes(name))
      complain(['log_opts', name], `is no option of ${wanted.log_driver}: it has ${known.join(', ')}`);
    const [form, what] = FORMS[name] ?? [];
    if (known !== undefined && form?.test(value) === false) complain(['log_opts', name], what ?? '');
  }
}
