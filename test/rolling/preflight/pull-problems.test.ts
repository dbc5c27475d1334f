import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pullProblems } from '../../../src/rolling/preflight/pull-problems.js';
import { HereShell } from './here-shell.js';

const folder = mkdtempSync(join(tmpdir(), 'pull-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A stand-in for docker's client: running containers and images from files, a registry that answers by the image's name. */
const DOCKER = `#!/bin/sh
state=${folder}/state
echo "$*" >>"$state/asked"
registry() {
  case $1 in
    *gone*) echo 'no such manifest: docker.io/library/gone:1' >&2; exit 1 ;;
    *private*) echo 'Error response from daemon: denied: access forbidden' >&2; exit 1 ;;
    *expired*) echo 'unauthorized: HTTP Basic: Access denied. The token is expired.' >&2; exit 1 ;;
    *away*) echo 'dial tcp: lookup registry.lan: no such host' >&2; exit 1 ;;
  esac
}
case $1 in
  ps) [ ! -e "$state/no-daemon" ] || { echo 'Cannot connect' >&2; exit 1; }; cut -f 1 "$state/containers" ;;
  inspect)
    case $3 in
      c*) cut -f 2- "$state/containers" | sed 's/^/c	/' ;;
      *) cut -f 4 "$state/containers" ;;
    esac ;;
  image) sed 's/^/i	/' "$state/images" ;;
  manifest)
    [ ! -e "$state/no-manifest" ] || exit 1
    [ "$2" != --help ] || exit 0
    case "$3 $4" in
      *plain*) [ "$3" = --insecure ] || { echo 'http: server gave HTTP response to HTTPS client' >&2; exit 1; } ;;
      *) registry "$3" ;;
    esac
    echo '{}' ;;
  buildx) [ ! -e "$state/no-buildx" ] || exit 1; [ "$3" = --help ] || registry "$4" ;;
  pull) registry "$3" ;;
esac`;

const bin = join(folder, 'bin');
mkdirSync(bin);
for (const program of ['sh', 'sed', 'cut', 'sort', 'tail', 'head', 'timeout', 'cat'])
  symlinkSync('/usr/bin/busybox', join(bin, program));
const docker = join(bin, 'docker');
const state = join(folder, 'state');
const SHELL = { argv: ['/bin/dash'], path: bin } as const;

beforeEach(() => {
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state);
  writeFileSync(docker, DOCKER, { mode: 0o755 });
});

interface Container {
  readonly project: string;
  readonly image: string;
  /** Digests of registries that the image has. Default: 1. */
  readonly digests?: number;
}

async function problemsOf(containers: readonly Container[], ...missing: string[]) {
  const id = (index: number): string => `sha256:${String(index).repeat(8)}`;
  const rows = containers.map(
    ({ project, image }, index) => `${index}\t${project}\t${image}\t${id(index)}\n`,
  );
  writeFileSync(join(state, 'containers'), rows.join(''));
  const images = containers.map(({ digests = 1 }, index) => `${id(index)}\t${digests}\n`);
  writeFileSync(join(state, 'images'), images.join(''));
  for (const one of missing) writeFileSync(join(state, one), '');
  const shell = new HereShell(SHELL);
  const problems = await pullProblems(shell);
  return { messages: problems.map(({ message }) => message), shell };
}

const web = { project: 'web', image: 'nginx:1.27' };
const CLIENTS: readonly (readonly [string, readonly string[]])[] = [
  ['docker manifest', []],
  ['docker buildx', ['no-manifest']],
  ['docker pull', ['no-manifest', 'no-buildx']],
];

describe.each(CLIENTS)('asked by %s', (_client, missing) => {
  test.each<readonly [string, readonly Container[], readonly string[]]>([
    ['nothing runs', [], []],
    ['all can be pulled', [web, { project: 'db', image: 'registry.lan:5000/db/pg@sha256:0123' }], []],
    [
      'one is denied, of two projects',
      [web, { project: 'b', image: 'lan/private:1' }, { project: 'a', image: 'lan/private:1' }],
      [
        'the registry does not let this host pull lan/private:1 of a, b: Error response from daemon: denied: access forbidden',
      ],
    ],
    [
      'a token has expired',
      [{ project: 'x', image: 'lan/expired:1' }, web],
      [
        'the registry does not let this host pull lan/expired:1 of x: unauthorized: HTTP Basic: Access denied. The token is expired.',
      ],
    ],
    [
      'one is gone',
      [{ project: 'x', image: 'gone:1' }],
      ['the registry no longer has gone:1 of x: no such manifest: docker.io/library/gone:1'],
    ],
    [
      'a registry is away',
      [{ project: 'x', image: 'registry.lan/away:1' }],
      [
        'it cannot be told whether this host could pull registry.lan/away:1 of x: dial tcp: lookup registry.lan: no such host',
      ],
    ],
    ['what was built here is passed over', [{ project: 'x', image: 'private-built', digests: 0 }], []],
    [
      'what has no name is passed over',
      [
        { project: 'x', image: `sha256:${'a'.repeat(64)}` },
        { project: 'x', image: 'b'.repeat(64) },
      ],
      [],
    ],
    [
      'what looks like an option, or a script',
      [
        { project: 'x', image: '--help' },
        { project: 'x', image: '$(touch x)/private' },
      ],
      [],
    ],
  ])('%s', async (_name, containers, messages) => {
    expect((await problemsOf(containers, ...missing)).messages).toEqual(messages);
  });
});

test('a registry without TLS', async () => {
  expect((await problemsOf([{ project: 'x', image: 'registry.lan:5000/plain:1' }])).messages).toEqual([]);
});

test('more than are asked at the same time', async () => {
  const containers = Array.from({ length: 11 }, (_, index) => ({
    project: 'x',
    image: `registry.lan/${index % 2 === 0 ? 'private' : 'open'}-${index}:1`,
  }));
  expect((await problemsOf(containers)).messages).toHaveLength(6);
});

test.each([['the daemon does not answer', ['no-daemon']]])(
  '%s: nothing runs that would have to be pulled',
  async (_name, missing) => {
    const { messages, shell } = await problemsOf([web], ...missing);
    expect([messages, shell.scripts.length]).toEqual([[], 1]);
  },
);

test('without docker nothing is asked', async () => {
  rmSync(docker);
  const shell = new HereShell(SHELL);
  expect([await pullProblems(shell), shell.scripts.length, readdirSync(state)]).toEqual([[], 1, []]);
});
