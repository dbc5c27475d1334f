import { Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { Unknown, type Change, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { quoteAll } from '../core/quote.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import {
  composeFileWords,
  composeKey,
  composeProjects,
  type ComposeContainer,
  type ComposeProject,
} from '../probes/compose-projects.js';
import { files as fileEntries } from '../probes/files.js';
import { deployStep } from './shared/compose-deploy.js';
import { desiredProjectFiles, LIST, probeProjectFiles } from './shared/compose-files.js';
import { composeFile, composeParams, type ComposeParams } from './shared/compose-params.js';
import { takeDown } from './shared/compose-take-down.js';
import { desiredFile, fileSteps, newFileMode, probeFile, textOf } from './shared/managed-file.js';

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
  const [file, found, files, list] = await Promise.all([
    probeFile(host, managed),
    host.read(composeProjects, composeKey(question)),
    probeProjectFiles(host, wanted),
    state === 'absent' ? host.read(fileEntries, `${path}/${LIST}`) : null,
  ]);
  const blocked = whyUnknown(found);
  // Where there is no Docker at all, nothing is left to take down.
  if (blocked !== undefined && (state !== 'absent' || found.daemonComplaint !== ''))
    return new Unknown(blocked, ['program:docker', ...COMPOSE_PACKAGES]);
  if (found.program[0] === 'docker-compose' && pull === 'never') throw cannotKeepImages();
  // What is wrong with a file that is replaced anyway is no matter. What a right one lacks, an earlier item may bring.
  const isRead = isSameContent(file, desiredFile(managed)) && areInPlace(wanted, files);
  if (found.fileComplaint !== '' && isRead)
    return new Unknown(`Compose cannot work with ${managed.path}: ${found.fileComplaint}`, [`path:${path}`]);
  const containers = containerFields(wanted, found.containers);
  if (state === 'absent' && file === null && list === null && found.containers.length === 0) return null;
  const program = found.program.join(' ');
  const ours = file === null ? { state: 'absent' } : { state: 'present', ...file };
  return { ...ours, ...files, ...containers, program };
}

/** Whether Compose sees the other files as they are wanted. */
function areInPlace(wanted: ComposeParams, found: State): boolean {
  return Object.entries(desiredProjectFiles(wanted)).every(([field, value]) => {
    const observed = found[field];
    return value instanceof Content ? observed instanceof Content && observed.equals(value) : true;
  });
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
  const file = { state: 'present', ...desiredFile(composeFile(wanted)), ...desiredProjectFiles(wanted) };
  return wanted.state === 'running'
    ? { ...file, 'container.*': 'running', 'surplus.*': null }
    : { ...file, 'container.*': 'stopped' };
}

type Context = StepContext<ComposeParams>;

function steps(context: Context): Step[] {
  const { params: wanted, before, changes, changed } = context;
  const { path, project, state, pull } = wanted;
  const program = (textOf(before, 'program') ?? '').split(' ').filter((word) => word !== '');
  if (state === 'absent') return [takeDown(wanted, program)];
  const hasFileChanges = changes.some(({ field }) =>
    /^(?:state$|content$|file\.|mode\.|effect\.|orphan\.)/.test(field),
  );
  if (wanted.files !== undefined && hasFileChanges)
    return deploySteps(context, program[0] === 'docker-compose');
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

/** The names behind `PREFIX.` of the fields that changed. */
function namesOf(changes: readonly Change[], prefix: string): string[] {
  const own = changes.filter(({ field }) => field.startsWith(`${prefix}.`));
  return own.map(({ field }) => field.slice(prefix.length + 1));
}

/** All files at once, then whatever is wanted of the containers. */
function deploySteps({ params: wanted, before, changes, changed }: Context, isOld: boolean): Step[] {
  const { path, project, files = [], content = '', state, pull } = wanted;
  const others = [...new Set(['file', 'mode'].flatMap((prefix) => namesOf(changes, prefix)))];
  const isOurs = ['state', 'content', 'mode', 'owner', 'group'].some(changed);
  const mode = wanted.mode ?? textOf(before, 'mode') ?? newFileMode(content);
  const paused = pausedContainers(changes);
  const up = [
    'up',
    '-d',
    '--remove-orphans',
    '--build',
    ...(isOld || pull === 'missing' ? [] : ['--pull', pull]),
  ];
  const start = [
    ...(isOld && pull === 'always' ? ['compose pull || exit 1'] : []),
    ...(paused.length === 0 ? [] : [`docker unpause -- ${quoteAll(paused)} || exit 1`]),
    `compose ${quoteAll(up)}`,
  ];
  const deployment = {
    path,
    project,
    composeFile: { path: 'compose.yml', content, mode },
    files,
    owner: wanted.owner ?? '',
    group: wanted.group ?? '',
    changed: new Set([...others, ...(isOurs ? ['compose.yml'] : [])]),
    unknown: [...new Set([...others, ...namesOf(changes, 'effect'), ...namesOf(changes, 'orphan')])],
    orphans: namesOf(changes, 'orphan'),
    isOld,
    start: state === 'running' ? start.join('\n') : 'compose stop',
  };
  return [deployStep(deployment)];
}

function pausedContainers(changes: readonly Change[]): string[] {
  return changes
    .filter(({ field, before }) => field.startsWith(CONTAINER) && before === 'paused')
    .map(({ field }) => field.slice(CONTAINER.length));
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
      path: '/srv/proxy',
      content:
        'services:\n  proxy:\n    image: caddy:2\n    volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro"]\n',
      files: [{ path: 'Caddyfile', content: 'http://wiki.lan\nreverse_proxy wiki:80\n' }],
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
