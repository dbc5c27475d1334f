import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { composeKey, composeProjects, type ComposeProject } from '../../src/probes/compose-projects.js';
import { busyboxWith } from '../tasks/shared/programs-folder.js';
import { parseText, readHere, SHELLS, type HostShell } from './shells.js';

const folder = mkdtempSync(join(tmpdir(), 'compose-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the stand-ins of a host say; a part that is left out fails. */
interface Sketch {
  readonly version?: string;
  readonly daemon?: string;
  /** Lines of `docker ps`, their fields parted by tabs. */
  readonly ps?: readonly string[];
  readonly dryRun?: readonly string[];
  readonly sums?: readonly string[];
  /** Which programs there are. Default: `docker` with Compose in it. */
  readonly has?: readonly ('docker' | 'plugin' | 'docker-compose')[];
}
const SUM = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

/** Stands in for Docker and for Compose: notes how it was called, reads its input as they might, and says what FOLDER/ANSWER holds. */
const program = (place: string, name: string): string => `#!/bin/sh
printf '%s\\n' "${name} $*" >>${place}/calls; cat >/dev/null
say() { if [ -e "${place}/$1" ]; then cat "${place}/$1"; else echo "noise about $1"; echo "no $1" >&2; exit 9; fi; exit 0; }
case "${name} $*" in
  'docker version'*) say daemon ;;
  'docker compose version'*) say plugin ;;
  'docker ps'*) say ps ;;
  *--dry-run*) say dry-run >&2 ;;
  *config*) say sums ;;
esac
exit 70
`;
let count = 0;

/** A folder with the programs of a host, and a directory of a project in it. */
function hostOf(sketch: Sketch): { place: string; bin: string; calls: () => string[] } {
  const place = join(folder, `${(count += 1)}`);
  const bin = join(place, 'bin');
  mkdirSync(bin, { recursive: true });
  const { has = ['docker', 'plugin'], daemon = '20\n', ps = [], dryRun, sums } = sketch;
  const answers = { ps, 'dry-run': dryRun, sums, plugin: has.includes('plugin') ? [] : undefined };
  for (const [name, lines] of Object.entries(answers))
    if (lines !== undefined) writeFileSync(join(place, name), lines.map((line) => `${line}\n`).join(''));
  if (daemon !== '') writeFileSync(join(place, 'daemon'), daemon);
  for (const name of has.filter((one) => one !== 'plugin')) {
    writeFileSync(join(bin, name), program(place, name));
    chmodSync(join(bin, name), 0o755);
  }
  return { place, bin, calls: () => readFileSync(join(place, 'calls'), 'utf8').split('\n').slice(0, -1) };
}

const line = (name: string, state: string, status = '', service = '', sum = ''): string =>
  [name, state, status, service, sum].join('\t');
const RUNNING = line('p-web-1', 'running', 'Up 2 hours', 'web', SUM);
const running = { name: 'p-web-1', service: 'web', state: 'running', exitCode: undefined };
const project = (more: Partial<ComposeProject>): ComposeProject => ({
  program: ['docker', 'compose'],
  daemonComplaint: '',
  fileComplaint: '',
  containers: [],
  ...more,
});
const missing = (name: string, service = '') => ({ name, service, state: 'missing', exitCode: undefined });

const PROGRAMS = ['cat', 'timeout'];
/** Nothing of this computer but these programs: it may have a Docker of its own. */
const shells: readonly (readonly [string, HostShell])[] = SHELLS.map(([name, { argv }]) => {
  const [shell, ...words] = argv;
  const { path } = busyboxWith(folder, PROGRAMS);
  return [name, { argv: [`/usr/bin/${basename(shell)}`, ...words], path }];
});

describe.each(shells)('compose-projects in %s', (_name, shell) => {
  const read = (sketch: Sketch, isCompared: boolean, hasFile = true) => {
    const { place, bin, calls } = hostOf(sketch);
    const directory = join(place, `it's a $(project)`);
    mkdirSync(directory);
    if (hasFile) writeFileSync(join(directory, 'compose.yml'), '');
    const key = composeKey({ path: directory, project: 'p', isCompared });
    const [found] = readHere({ ...shell, path: `${bin}:${shell.path}` }, composeProjects, [key]);
    return { found, directory, calls };
  };

  test.each<[string, Sketch, ComposeProject]>([
    ['a host without any of it', { has: [] }, project({ program: [] })],
    [
      'Docker without Compose',
      { has: ['docker'], ps: [RUNNING] },
      project({ program: [], containers: [running] }),
    ],
    ['Compose 2', { dryRun: [], ps: [] }, project({})],
    ['Compose 2 before Compose 1', { has: ['docker', 'plugin', 'docker-compose'], dryRun: [] }, project({})],
    [
      'a daemon that does not answer',
      { daemon: '', ps: [RUNNING] },
      project({ daemonComplaint: 'no daemon' }),
    ],
    [
      'a dry run that tells what it would do',
      {
        ps: [
          RUNNING,
          line('p-new-1', 'running', 'Up', 'new', SUM),
          line('p-gone-1', 'paused', 'Up (Paused)', 'gone', SUM),
          line('p-job-1', 'exited', 'Exited (3) 2 days ago', 'job', SUM),
        ],
        dryRun: [
          ' DRY-RUN MODE -  Container p-gone-1  Removing ',
          ' DRY-RUN MODE -  Container p-web-1  Running ',
          ' DRY-RUN MODE -  Container p-new-1  Recreate ',
          ' DRY-RUN MODE -  Container abc_p-new-1  Recreated',
          ' DRY-RUN MODE -  Container p-more-1  Creating ',
          ' DRY-RUN MODE -  Container p-more-1  Created ',
          ' DRY-RUN MODE -  Network p_default  Creating ',
        ],
      },
      project({
        containers: [
          running,
          { name: 'p-new-1', service: 'new', state: 'outdated', exitCode: undefined },
          { name: 'p-gone-1', service: 'gone', state: 'surplus', exitCode: undefined },
          { name: 'p-job-1', service: 'job', state: 'exited', exitCode: 3 },
          missing('p-more-1'),
        ],
      }),
    ],
    [
      'Compose 1, which gives its sums',
      {
        has: ['docker', 'docker-compose'],
        ps: [
          RUNNING,
          line('p_new_1', 'running', 'Up', 'new', OTHER),
          line('p_gone_1', 'running', 'Up', 'gone', SUM),
        ],
        sums: [`web ${SUM}`, `new ${SUM}`, `more ${SUM}`],
      },
      project({
        program: ['docker-compose'],
        containers: [
          running,
          { name: 'p_new_1', service: 'new', state: 'outdated', exitCode: undefined },
          { name: 'p_gone_1', service: 'gone', state: 'surplus', exitCode: undefined },
          missing('p_more_1', 'more'),
        ],
      }),
    ],
    [
      'a Compose 2 that has no dry run',
      { ps: [RUNNING], sums: [`web ${OTHER}`] },
      project({ containers: [{ ...running, state: 'outdated' }] }),
    ],
    [
      'a file that Compose cannot work with',
      { ps: [RUNNING] },
      project({ containers: [running], fileComplaint: 'no sums' }),
    ],
  ])('%s', (_row, sketch, expected) => {
    expect(read(sketch, true).found).toEqual(expected);
  });

  test('asks nothing of Compose that is not needed', () => {
    const asked = (isCompared: boolean, hasFile: boolean) =>
      read({ dryRun: [] }, isCompared, hasFile)
        .calls()
        .filter((call) => call.includes(' -f '));
    expect([asked(false, true), asked(true, false)]).toEqual([[], []]);
  });

  test('names the file as one word, and changes nothing', () => {
    const { calls, directory } = read({ dryRun: [] }, true);
    const words = `-f ${directory}/compose.yml --project-directory ${directory} -p p`;
    expect(calls().filter((call) => call.includes(' -f '))).toEqual([
      `docker compose --ansi never --dry-run ${words} up -d --remove-orphans`,
    ]);
  });

  test('several projects, each of its own', () => {
    const { place, bin } = hostOf({ ps: [RUNNING], dryRun: [] });
    const keys = ['a', 'b'].map((name) =>
      composeKey({ path: join(place, name), project: name, isCompared: true }),
    );
    expect(readHere({ ...shell, path: `${bin}:${shell.path}` }, composeProjects, keys)).toEqual([
      project({ containers: [running] }),
      project({ containers: [running] }),
    ]);
  });
});

test.each<[string, string, Partial<ComposeProject>]>([
  ['nothing', '', { program: [] }],
  ['a field that is no field', 'x\0=y\0\0', { program: [] }],
  [
    'a complaint without a word',
    'program=docker compose\0daemon=!\0\0',
    { daemonComplaint: 'it failed without a word' },
  ],
  [
    'lines that are no containers',
    `program=docker compose\0containers=x\n\n\t\nq\t\n${RUNNING}\n\0\0`,
    { containers: [running] },
  ],
  [
    'names by which others know a container',
    `program=docker compose\0containers=${RUNNING.replace('p-web-1', 'p-web-1,x/alias')}\0\0`,
    { containers: [running] },
  ],
  [
    'sums that are none',
    `program=docker compose\0containers=${RUNNING}\0sums=web ${SUM}\nweb x\nmore ${SUM}z\n\0\0`,
    { containers: [running] },
  ],
])('an answer with %s', (_name, answer, expected) => {
  const key = composeKey({ path: '/p', project: 'p', isCompared: true });
  expect(parseText(composeProjects, answer, [key])).toEqual([project(expected)]);
});
