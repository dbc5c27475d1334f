import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Content } from '../../src/core/content.js';
import { composeKey, type ComposeContainer, type ComposeProject } from '../../src/probes/compose-projects.js';
import compose from '../../src/tasks/compose.js';
import { SHELLS } from '../probes/shells.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';
import { busyboxWith } from './shared/programs-folder.js';
import { runStepHere } from './shared/run-step.js';

const path = '/srv/wiki';
const file = `${path}/compose.yml`;
const OURS = 'services: {}\n';
const base = { path, content: OURS };
const WORDS = `-f ${file} --project-directory ${path} -p wiki`;
const UP = `docker compose ${WORDS} up -d --remove-orphans`;
const CHECK = `(validate docker compose -f {{candidate}} --project-directory ${path} -p wiki config -q)`;
const WRITE = `write ${file} 0644 root:root "services: {}\\n" ${CHECK}`;

const container = (name: string, state: string, more: Partial<ComposeContainer> = {}): ComposeContainer => ({
  name: `wiki-${name}-1`,
  service: name,
  state,
  exitCode: undefined,
  ...more,
});
const found = (
  containers: readonly ComposeContainer[],
  more: Partial<ComposeProject> = {},
): ComposeProject => ({
  program: ['docker', 'compose'],
  daemonComplaint: '',
  fileComplaint: '',
  containers,
  ...more,
});

interface Host {
  /** What `compose.yml` holds; null where it is missing. Default: what is wanted. */
  readonly text?: string | null;
  readonly isCompared?: boolean;
  readonly project?: string;
}

const host = (
  answer: ComposeProject,
  { text = OURS, isCompared = true, project = 'wiki' }: Host = {},
): Answers => ({
  files: {
    [file]: text === null ? null : fileEntry({ sha256: Content.of(text).sha256 }),
    [`${path}/.homelab-files`]: null,
  },
  'file-contents': { [file]: { bytes: Buffer.from(text ?? ''), isComplete: true } },
  'compose-projects': { [composeKey({ path, project, isCompared })]: answer },
});
const RUNNING = container('web', 'running');
const EXITED = container('job', 'exited', { exitCode: 0 });

type Row = readonly [
  name: string,
  params: object,
  answers: Answers,
  changes: readonly string[],
  steps: readonly string[],
];

describe('compose: running', () => {
  test.each<Row>([
    ['in sync', {}, host(found([RUNNING])), [], []],
    ['in sync with a job that has ended', { jobs: ['job'] }, host(found([RUNNING, EXITED])), [], []],
    [
      'new',
      { mode: '0600' },
      host(found([]), { text: null }),
      ['state: absent -> present', 'content: null -> services: {}\n', 'mode: null -> 0600'],
      [`mkdir -p -- ${path}`, `write ${file} 0600 : "services: {}\\n" ${CHECK}`, UP],
    ],
    [
      'another text',
      {},
      host(found([RUNNING]), { text: 'old\n' }),
      ['content: old\n -> services: {}\n'],
      [WRITE, UP],
    ],
    [
      'the mode alone starts nothing',
      { mode: '0640' },
      host(found([RUNNING])),
      ['mode: 0644 -> 0640'],
      [`chmod 00640 ${file}`],
    ],
    [
      'containers that are not as the file says',
      {},
      host(
        found([
          container('a', 'outdated'),
          container('b', 'missing'),
          container('c', 'surplus'),
          container('d', 'exited', { exitCode: 0 }),
          container('e', 'restarting'),
        ]),
      ),
      [
        'container.wiki-a-1: outdated -> running',
        'container.wiki-b-1: missing -> running',
        'container.wiki-d-1: exited -> running',
        'container.wiki-e-1: restarting -> running',
        'surplus.wiki-c-1: there -> null',
      ],
      [UP],
    ],
    [
      'paused containers go on',
      {},
      host(found([container('a', 'paused'), RUNNING, container('b', 'paused')])),
      ['container.wiki-a-1: paused -> running', 'container.wiki-b-1: paused -> running'],
      ['docker unpause -- wiki-a-1 wiki-b-1', UP],
    ],
    [
      'a job that failed',
      { jobs: ['job'] },
      host(found([container('job', 'exited', { exitCode: 2 })])),
      ['container.wiki-job-1: exited -> running'],
      [UP],
    ],
    [
      'newer images, once something changes',
      { pull: 'always' },
      host(found([RUNNING]), { text: 'old\n' }),
      ['content: old\n -> services: {}\n'],
      [WRITE, `${UP} --pull always`],
    ],
    [
      'no images',
      { pull: 'never' },
      host(found([container('a', 'missing')])),
      ['container.wiki-a-1: missing -> running'],
      [`${UP} --pull never`],
    ],
    ['newer images are no change of their own', { pull: 'always' }, host(found([RUNNING])), [], []],
    [
      'Compose 1 fetches newer images by a command of its own',
      { pull: 'always' },
      host(found([container('a', 'missing')], { program: ['docker-compose'] })),
      ['container.wiki-a-1: missing -> running'],
      [`docker-compose ${WORDS} pull`, `docker-compose ${WORDS} up -d --remove-orphans`],
    ],
    [
      'a name of its own',
      { project: 'other' },
      host(found([container('a', 'missing')]), { project: 'other' }),
      ['container.wiki-a-1: missing -> running'],
      [`docker compose -f ${file} --project-directory ${path} -p other up -d --remove-orphans`],
    ],
    [
      'a text that is not shown',
      { sensitive: true },
      host(found([RUNNING]), { text: 'old\n' }),
      ['content: (hidden) -> (hidden)'],
      [WRITE, UP],
    ],
    [
      'a template',
      { content: undefined, template: 'x.hbs', vars: { port: 1 } },
      host(found([RUNNING]), { text: 'x.hbs {"port":1}\n' }),
      [],
      [],
    ],
    [
      'a wrong file that is replaced',
      {},
      host(found([], { fileComplaint: 'yaml: line 3' }), { text: 'old\n' }),
      ['content: old\n -> services: {}\n'],
      [WRITE, UP],
    ],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(compose, { ...base, ...params }, fakeHost(answers));
    expect({ changes: planned.changes.toSorted(), steps: planned.steps }).toEqual({
      changes: changes.toSorted(),
      steps,
    });
  });
});

describe('compose: stopped', () => {
  const state = 'stopped';
  const of = (containers: readonly ComposeContainer[], text: string | null = OURS): Answers =>
    host(found(containers), { text, isCompared: false });
  test.each<Row>([
    ['in sync', {}, of([EXITED, container('a', 'created'), container('b', 'dead')]), [], []],
    [
      'one runs, one is paused',
      {},
      of([RUNNING, container('a', 'paused')]),
      ['container.wiki-web-1: running -> stopped', 'container.wiki-a-1: paused -> stopped'],
      [`docker compose ${WORDS} stop`],
    ],
    ['another text starts nothing', {}, of([EXITED], 'old\n'), ['content: old\n -> services: {}\n'], [WRITE]],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(compose, { ...base, state, ...params }, fakeHost(answers));
    expect(planned).toMatchObject({ changes, steps });
  });
});

describe('compose: absent', () => {
  const params = { path, state: 'absent' };
  const words = `sh -s -- ${path} wiki`;
  const answers = (answer: ComposeProject, text: string | null): Answers =>
    host(answer, { text, isCompared: false });
  test.each<[string, Answers, readonly string[]]>([
    ['gone', answers(found([]), null), []],
    ['gone, and no Docker', answers(found([], { program: [] }), null), []],
    ['its file is there', answers(found([]), OURS), [`${words} docker compose ${WORDS}`]],
    ['its containers are there', answers(found([EXITED]), null), [`${words} docker compose ${WORDS}`]],
    ['its file is there, and no Docker', answers(found([], { program: [] }), OURS), [words]],
  ])('%s', async (_name, known, steps) => {
    const planned = await plan(compose, params, fakeHost(known));
    expect(planned.steps.map((step) => step.split(' < ')[0])).toEqual(steps);
    expect(planned.changes).toEqual(steps.length === 0 ? [] : ['state: present -> absent']);
  });

  test('is not known where Docker does not answer', async () => {
    const known = answers(found([], { daemonComplaint: 'is it running?' }), null);
    expect((await plan(compose, params, fakeHost(known))).unknown).toContain('is it running?');
  });
});

describe('compose: what cannot be known or done', () => {
  test.each<[string, Partial<ComposeProject>, string]>([
    [
      'there is no Compose',
      { program: [] },
      'Docker Compose is not installed (package docker-compose-plugin',
    ],
    ['Docker does not answer', { daemonComplaint: 'a\nno socket' }, 'Docker does not answer: no socket'],
    [
      'Compose cannot work with the file',
      { fileComplaint: 'env file /srv/wiki/x not found' },
      `Compose cannot work with ${file}: env file /srv/wiki/x not found`,
    ],
  ])('unknown where %s', async (_name, answer, reason) => {
    expect((await plan(compose, base, fakeHost(host(found([], answer))))).unknown).toContain(reason);
  });

  test('Compose 1 cannot keep itself from fetching images', async () => {
    const old = fakeHost(host(found([RUNNING], { program: ['docker-compose'] })));
    await expect(plan(compose, { ...base, pull: 'never' }, old)).rejects.toMatchObject({
      code: 'task/not-supported',
    });
  });

  test.each<[string, object, readonly string[]]>([
    ['no text', { content: undefined }, [': needs exactly one of `content` and `template`']],
    ['two texts', { template: 'x' }, [': needs exactly one of `content` and `template`']],
    [
      'a text of what is to go',
      { state: 'absent' },
      [': a project that is to be absent has neither `content` nor `template`'],
    ],
    ['variables without a template', { vars: {} }, ['vars: makes sense with `template` only']],
    ['the root', { path: '/', project: 'a' }, ['path: must not be the root of the system']],
    [
      'a directory whose name names nothing',
      { path: '/srv/_.' },
      ['project: is missing: the name of the directory holds no letter or digit'],
    ],
    [
      'a name that Compose refuses',
      { project: '-Wiki' },
      ['project: must hold lower-case letters, digits, dashes and underscores only'],
    ],
    ['a job that is no service', { jobs: ['a b'] }, ['jobs.0: must be the name of a service']],
  ])('refused: %s', (_name, params, complaints) => {
    expect(problems(compose, { ...base, ...params })).toEqual(complaints);
  });

  test.each([
    ['/srv/wiki', 'wiki'],
    ['/srv/My Wiki.v2', 'mywikiv2'],
    ['/srv/_-a_b', 'a_b'],
  ])('the project of %s is %s', (given, project) => {
    expect(compose.params.parse({ ...base, path: given })).toMatchObject({ project });
  });
});

const folder = mkdtempSync(join(tmpdir(), 'compose-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Stands in for Docker: notes how it was called; two containers and a network are what a label finds. */
const DOCKER = `#!/bin/sh
echo "docker $*" >>"\${0%/*}/calls"
case $1 in
  ps) echo c1; echo c2 ;;
  network) [ "$2" != ls ] || echo n1 ;;
  compose) exit 14 ;;
  rm) [ ! -e "\${0%/*}/fails" ] ;;
esac
`;
let count = 0;

/** A directory of a project, and programs beside it. */
function situation(name: string): { directory: string; bin: string; calls: () => string[] } {
  const place = join(folder, `${(count += 1)}`);
  const [directory, bin] = [join(place, name), join(place, 'bin')];
  for (const one of [directory, bin]) mkdirSync(one, { recursive: true });
  writeFileSync(join(bin, 'docker'), DOCKER);
  chmodSync(join(bin, 'docker'), 0o755);
  const calls = (): string[] => readFileSync(join(bin, 'calls'), 'utf8').split('\n').slice(0, -1);
  return { directory, bin, calls };
}

const LABEL = 'label=com.docker.compose.project=wiki';
const BY_LABEL = [
  `docker ps -aq --filter ${LABEL}`,
  ...['c1', 'c2'].flatMap((id) => [`docker stop ${id}`, `docker rm -f ${id}`]),
  `docker network ls -q --filter ${LABEL}`,
  'docker network rm n1',
];

describe.each([...SHELLS.slice(0, 3), ['busybox alone', busyboxWith(folder, ['rm'])] as const])(
  'taken down by %s',
  (_name, shell) => {
    const takeDown = async ({ directory, bin }: ReturnType<typeof situation>, text: string | null) => {
      const place = `${directory}/compose.yml`;
      if (text !== null) writeFileSync(place, text);
      const answers = {
        files: {
          [place]: text === null ? null : fileEntry({ sha256: Content.of(text).sha256 }),
          [`${directory}/.homelab-files`]: null,
        },
        'compose-projects': {
          [composeKey({ path: directory, project: 'wiki', isCompared: false })]: found([RUNNING]),
        },
      };
      const params = { path: directory, project: 'wiki', state: 'absent' };
      const { rawSteps } = await plan(compose, params, fakeHost(answers));
      const [step] = rawSteps;
      if (step === undefined) throw new Error('nothing to do');
      return runStepHere({ ...shell, path: `${bin}:${shell.path}` }, step);
    };

    test('by its file, then by its label, whatever Compose said', async () => {
      const one = situation(`it's a $(wiki)`);
      expect(await takeDown(one, OURS)).toMatchObject({ code: 0, stdout: '' });
      const { directory } = one;
      const words = `-f ${directory}/compose.yml --project-directory ${directory} -p wiki`;
      expect(one.calls()).toEqual([`docker compose ${words} down --remove-orphans`, ...BY_LABEL]);
      expect(existsSync(`${directory}/compose.yml`)).toBe(false);
    });

    test('by its label where there is no file', async () => {
      const one = situation('-wiki');
      expect(await takeDown(one, null)).toMatchObject({ code: 0 });
      expect(one.calls()).toEqual(BY_LABEL);
    });

    test('the file stays where a container does', async () => {
      const one = situation('wiki');
      writeFileSync(join(one.bin, 'fails'), '');
      expect(await takeDown(one, OURS)).toMatchObject({ code: 1 });
      expect(existsSync(`${one.directory}/compose.yml`)).toBe(true);
    });
  },
);
