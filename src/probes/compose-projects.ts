import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** A question about a project of Docker Compose. */
export interface ComposeQuestion {
  /** Absolute path of its directory, with `compose.yml` in it. */
  readonly path: string;
  readonly project: string;
  /** Whether to compare the containers with the file: it costs Compose's own planning. */
  readonly isCompared: boolean;
}

/** One container of a project. */
export interface ComposeContainer {
  readonly name: string;
  readonly service: string;
  /**
   * `running`, `exited`, `paused`, `restarting`, `created`, … as Docker says; `missing`: it is to be made; `outdated`: it
   * was made from another configuration; `surplus`: it is to go.
   */
  readonly state: string;
  /** Of one that has exited; undefined for others. */
  readonly exitCode: number | undefined;
}

export interface ComposeProject {
  /** The program, e.g. `docker compose`; empty where there is none. */
  readonly program: readonly string[];
  /** What Docker's daemon said where it does not answer; empty where it does. */
  readonly daemonComplaint: string;
  /** What Compose said of a file that it cannot compare with; empty where it could, or was not asked to. */
  readonly fileComplaint: string;
  readonly containers: readonly ComposeContainer[];
}

/** The key that asks `question`. */
export function composeKey({ path, project, isCompared }: ComposeQuestion): string {
  return JSON.stringify([path, project, isCompared ? 'compare' : '']);
}

/** The words that name a project's file. */
export function composeFileWords(path: string, project: string, file = `${path}/compose.yml`): string[] {
  return ['-f', file, '--project-directory', path, '-p', project];
}

const FORMAT = [
  '.Names',
  '.State',
  '.Status',
  '.Label "com.docker.compose.service"',
  '.Label "com.docker.compose.config-hash"',
]
  .map((field) => `{{${field}}}`)
  .join('\t');

/**
 * What Compose 2 would do is asked of itself, as a dry run: its sums of a configuration (`config --hash`) leave out
 * what an `env_file` brings. Compose 1 has no dry run, and its sums are whole.
 * Answer for each key: fields `NAME=VALUE`, each ended by NUL, then an empty one.
 */
export const composeProjects: Reader<ComposeProject> = {
  name: 'compose-projects',
  script: (keys) => `program=
if docker compose version >/dev/null 2>&1; then program='docker compose'
elif command -v docker-compose >/dev/null 2>&1; then program=docker-compose
fi
daemon=
if command -v docker >/dev/null 2>&1; then daemon=$(timeout 60 docker version 2>&1 >/dev/null) || daemon="!$daemon"; fi
compare() {
  if [ "$program" = 'docker compose' ]; then
    if steps=$(timeout 120 $program --ansi never --dry-run "$@" up -d --remove-orphans 2>&1); then printf 'steps=%s\\0' "$steps"; return; fi
  fi
  if sums=$(timeout 60 $program "$@" config --hash '*' 2>/dev/null); then printf 'sums=%s\\0' "$sums"; return; fi
  printf 'file=!%s\\0' "$(timeout 60 $program "$@" config --hash '*' 2>&1 >/dev/null)"
}
look() {
  printf 'program=%s\\0' "$program"
  case $daemon in '!'*) printf 'daemon=%s\\0' "$daemon"; return ;; esac
  command -v docker >/dev/null 2>&1 || return
  printf 'containers=%s\\0' "$(docker ps -a --filter "label=com.docker.compose.project=$2" \\
    --filter label=com.docker.compose.oneoff=False --format ${quoteAll([FORMAT])} 2>/dev/null)"
  if [ -n "$program" ] && [ -n "$3" ] && [ -f "$1/compose.yml" ]; then compare -f "$1/compose.yml" --project-directory "$1" -p "$2"; fi
}
${keys.map((key) => `look ${quoteAll(JSON.parse(key) as string[])} </dev/null; printf '\\0'`).join('\n')}
true`,
  parse: ({ stdout }, keys) => {
    const answers = stdout.split('\0\0');
    return keys.map((key, index) =>
      parseProject(answers[index] ?? '', String((JSON.parse(key) as string[])[1])),
    );
  },
};

function parseProject(answer: string, project: string): ComposeProject {
  const fields = new Map<string, string>();
  for (const field of answer.split('\0')) {
    const at = field.indexOf('=');
    if (at > 0 && !fields.has(field.slice(0, at))) fields.set(field.slice(0, at), field.slice(at + 1));
  }
  const found = (fields.get('containers') ?? '').split('\n').flatMap(parseContainer);
  const steps = fields.get('steps');
  const sums = fields.get('sums');
  const compared =
    steps !== undefined
      ? afterSteps(found, steps)
      : sums !== undefined
        ? afterSums(found, sums, project)
        : found;
  return {
    program: (fields.get('program') ?? '').split(' ').filter((word) => word !== ''),
    daemonComplaint: complaintIn(fields.get('daemon')),
    fileComplaint: complaintIn(fields.get('file')),
    containers: compared.map(({ name, service, state, exitCode }) => ({ name, service, state, exitCode })),
  };
}

function complaintIn(field: string | undefined): string {
  if (field === undefined || !field.startsWith('!')) return '';
  return field.slice(1).trim() || 'it failed without a word';
}

interface Found extends ComposeContainer {
  /** Sum of the configuration that it was made from. */
  readonly sum: string;
}

function parseContainer(line: string): Found[] {
  const [names, state, status = '', service = '', sum = ''] = line.split('\t');
  const name = names?.split(',')[0];
  if (name === undefined || name === '' || state === undefined || state === '') return [];
  const code = /^Exited \((\d{1,3})\)/.exec(status)?.[1];
  return [{ name, state, service, sum, exitCode: code === undefined ? undefined : Number(code) }];
}

/** The containers as a dry run of Compose 2 sees them: lines `Container NAME VERB`, several for each. */
function afterSteps(found: readonly Found[], steps: string): ComposeContainer[] {
  const verbs = new Map<string, Set<string>>();
  for (const line of steps.split('\n')) {
    const [, name, verb] = /\bContainer (\S+)\s+([A-Z][a-z]+)\s*$/.exec(line) ?? [];
    if (name !== undefined && verb !== undefined) verbs.set(name, (verbs.get(name) ?? new Set()).add(verb));
  }
  const created = [...verbs.keys()].filter((name) => verbs.get(name)?.has('Creating') === true);
  const missing = created.filter((name) => found.every((one) => one.name !== name));
  return [
    ...found.map((one) => {
      const own = verbs.get(one.name);
      if (own?.has('Recreate') === true) return { ...one, state: 'outdated' };
      return own?.has('Removing') === true ? { ...one, state: 'surplus' } : one;
    }),
    ...missing.map((name) => missingContainer(name, '')),
  ];
}

/** The containers compared by the sums that Compose 1 gives: lines `SERVICE SUM`. */
function afterSums(found: readonly Found[], sums: string, project: string): ComposeContainer[] {
  const wanted = new Map<string, string>();
  for (const line of sums.split('\n')) {
    const [, service, sum] = /^(\S+)\s+([0-9a-f]{64})\s*$/.exec(line) ?? [];
    if (service !== undefined && sum !== undefined) wanted.set(service, sum);
  }
  const missing = [...wanted.keys()].filter((service) => found.every((one) => one.service !== service));
  return [
    ...found.map((one) => {
      const sum = wanted.get(one.service);
      if (sum === undefined) return { ...one, state: 'surplus' };
      return sum === one.sum ? one : { ...one, state: 'outdated' };
    }),
    ...missing.map((service) => missingContainer(`${project}_${service}_1`, service)),
  ];
}

function missingContainer(name: string, service: string): ComposeContainer {
  return { name, service, state: 'missing', exitCode: undefined };
}
