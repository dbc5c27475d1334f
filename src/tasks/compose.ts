import { Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { Unknown, type Change, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import {
  composeFileWords,
  composeKey,
  composeProjects,
  type ComposeContainer,
  type ComposeProject,
} from '../probes/compose-projects.js';
import { composeFile, composeParams, type ComposeParams } from './shared/compose-params.js';
import { desiredFile, fileSteps, probeFile, textOf } from './shared/managed-file.js';
import { scriptStep } from './shared/script-step.js';

/** What brings Docker and Compose, by the names of distributions and of Docker itself. */
const COMPOSE_PACKAGES = [
  'docker.io',
  'docker-ce',
  'docker',
  'docker-compose',
  'docker-compose-v2',
  'docker-compose-plugin',
].map((name) => `package:${name}`);

/** What the field of a container begins with; its name follows. */
const CONTAINER = 'container.';

async function probe(host: ReadableHost, wanted: ComposeParams): Promise<MaybeState | Unknown> {
  const { path, project, state, pull } = wanted;
  const question = { path, project, isCompared: state === 'running' };
  const managed = composeFile(wanted);
  const [file, found] = await Promise.all([
    probeFile(host, managed),
    host.read(composeProjects, composeKey(question)),
  ]);
  const blocked = whyUnknown(found);
  // Where there is no Docker at all, nothing is left to take down.
  if (blocked !== undefined && (state !== 'absent' || found.daemonComplaint !== ''))
    return new Unknown(blocked, ['program:docker', ...COMPOSE_PACKAGES]);
  if (found.program[0] === 'docker-compose' && pull === 'never') throw cannotKeepImages();
  // What is wrong with a file that is replaced anyway is no matter. What a right one lacks, an earlier item may bring.
  if (found.fileComplaint !== '' && isSameContent(file, desiredFile(managed)))
    return new Unknown(`Compose cannot work with ${managed.path}: ${found.fileComplaint}`, [`path:${path}`]);
  const containers = containerFields(wanted, found.containers);
  if (state === 'absent' && file === null && found.containers.length === 0) return null;
  const program = found.program.join(' ');
  return { ...(file === null ? { state: 'absent' } : { state: 'present', ...file }), ...containers, program };
}

function isSameContent(file: MaybeState, wanted: MaybeState): boolean {
  const [found, content] = [file?.['content'], wanted?.['content']];
  return found instanceof Content && content instanceof Content && found.equals(content);
}

function whyUnknown({ program, daemonComplaint }: ComposeProject): string | undefined {
  if (program.length === 0 && daemonComplaint === '')
    return 'Docker Compose is not installed (package docker-compose-plugin, docker-compose-v2 or docker-compose)';
  return daemonComplaint === ''
    ? undefined
    : `Docker does not answer: ${daemonComplaint.split('\n').at(-1) ?? ''}`;
}

function isActive({ state }: ComposeContainer): boolean {
  return ['running', 'restarting', 'paused'].includes(state);
}

/** `container.NAME` for each that belongs to the project, `surplus.NAME` for each that does not any more. */
function containerFields({ state, jobs }: ComposeParams, containers: readonly ComposeContainer[]): State {
  return Object.fromEntries(
    containers.map((one) => {
      if (state === 'stopped') return [CONTAINER + one.name, isActive(one) ? one.state : 'stopped'];
      if (one.state === 'surplus') return [`surplus.${one.name}`, 'there'];
      const isDone = one.state === 'exited' && one.exitCode === 0 && jobs.includes(one.service);
      return [CONTAINER + one.name, isDone ? 'running' : one.state];
    }),
  );
}

function desired(wanted: ComposeParams): MaybeState {
  if (wanted.state === 'absent') return null;
  const file = { state: 'present', ...desiredFile(composeFile(wanted)) };
  return wanted.state === 'running'
    ? { ...file, 'container.*': 'running', 'surplus.*': null }
    : { ...file, 'container.*': 'stopped' };
}

function steps(context: StepContext<ComposeParams>): Step[] {
  const { params: wanted, before, changes, changed } = context;
  const { path, project, state, pull } = wanted;
  const program = (textOf(before, 'program') ?? '').split(' ').filter((word) => word !== '');
  if (state === 'absent') return [takeDown(wanted, program)];
  const compose = (...words: readonly string[]): Step =>
    runStep([...program, ...composeFileWords(path, project), ...words]);
  const validate = [...program, ...composeFileWords(path, project, '{{candidate}}'), 'config', '-q'];
  const hasContainerChanges = changes.some(({ field }) => /^(?:container|surplus)\./.test(field));
  const isActive = changed('content') || hasContainerChanges;
  const isOld = program[0] === 'docker-compose';
  const pullFirst = state === 'running' && pull === 'always' && isOld;
  const pullWords = isOld || pull === 'missing' ? [] : ['--pull', pull];
  const paused = state === 'running' ? pausedContainers(changes) : [];
  return [
    ...(changed('state') ? [runStep(['mkdir', '-p', '--', path])] : []),
    ...fileSteps({ ...context, params: { ...composeFile(wanted), validate } }),
    ...(isActive && pullFirst ? [compose('pull')] : []),
    // Compose starts what has stopped, and fails at what was paused.
    ...(paused.length === 0 ? [] : [runStep(['docker', 'unpause', '--', ...paused])]),
    ...(isActive && state === 'running' ? [compose('up', '-d', '--remove-orphans', ...pullWords)] : []),
    ...(hasContainerChanges && state === 'stopped' ? [compose('stop')] : []),
  ];
}

function pausedContainers(changes: readonly Change[]): string[] {
  return changes
    .filter(({ field, before }) => field.startsWith(CONTAINER) && before === 'paused')
    .map(({ field }) => field.slice(CONTAINER.length));
}

/**
 * Takes the project down as Compose does, by its file; then what Compose left or could not read the file of, by label.
 * The file goes last: it is what a run that was killed goes by. Volumes stay: they are data.
 */
const TAKE_DOWN = `file=$1/compose.yml label=label=com.docker.compose.project=$2
shift 2
if [ $# -gt 0 ] && [ -f "$file" ]; then "$@" down --remove-orphans; fi
if command -v docker >/dev/null 2>&1; then
  for id in $(docker ps -aq --filter "$label"); do docker stop "$id" >/dev/null; docker rm -f "$id" >/dev/null || exit 1; done
  for id in $(docker network ls -q --filter "$label"); do docker network rm "$id" >/dev/null || exit 1; done
fi
rm -f -- "$file"`;

function takeDown({ path, project }: ComposeParams, program: readonly string[]): Step {
  const compose = program.length === 0 ? [] : [...program, ...composeFileWords(path, project)];
  return scriptStep({ words: [path, project, ...compose], script: TAKE_DOWN });
}

function cannotKeepImages(): HomelabError {
  return new HomelabError({
    code: 'task/not-supported',
    message: 'Compose 1 always fetches images that are missing: `pull: never` needs Compose 2',
    hint: 'Install docker-compose-plugin or docker-compose-v2, or leave `pull` out.',
  });
}

/** A project of Docker Compose. */
export default defineTask<ComposeParams>({
  summary: 'The services of a compose file run as it says',
  params: composeParams,
  examples: [
    {
      path: '/srv/wiki',
      content:
        'services:\n  wiki:\n    image: wiki:1.4\n    restart: unless-stopped\n    ports: ["8080:80"]\n',
    },
    {
      path: '/srv/photos',
      template: 'photos-compose.hbs',
      vars: { port: 2342 },
      mode: '0600',
      pull: 'always',
    },
    { path: '/srv/old-app', state: 'absent' },
  ],
  prepare: (wanted, project) =>
    wanted.template === undefined
      ? wanted
      : { ...wanted, content: project.render(wanted.template, wanted.vars ?? {}) },
  desired,
  probe,
  // No `touches`: containers may alter anything.
  foresight: ({ path, state }) => ({ makes: state === 'absent' ? [] : [`path:${path}`] }),
  steps,
});
