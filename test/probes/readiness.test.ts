import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../../src/core/check.js';
import { readiness, readinessKey } from '../../src/probes/readiness.js';
import { freePort } from '../free-port.js';
import { HOSTILE_WORDS } from '../hostile-words.js';
import { readHere, SHELLS, type HostShell } from './shells.js';

/** Answers each path with the status that it names; `/hang` never; prints its port. Shells block this process. */
const SERVER = `const server = require('node:http').createServer((request, response) => {
  const status = Number(request.url.slice(1));
  if (status >= 100) { response.writeHead(status, { location: '/200' }); response.end('x'); }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

/**
 * Answers questions of DNS over UDP: `gone…` is no name, `broken…` fails, `empty…` has no records, `strange…` gets the answer to
 * another question, `silent…` none, `half…` none but its address, and each other has an address. Prints its port.
 */
const RESOLVER = `const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (query, { port, address }) => {
  const labels = [];
  let at = 12;
  for (; query[at] > 0; at += query[at] + 1) labels.push(query.subarray(at + 1, at + 1 + query[at]).toString());
  const name = labels.join('.');
  const type = query.readUInt16BE(at + 1);
  if (query.length < at + 5 || query.readUInt16BE(at + 3) !== 1 || name.startsWith('silent')) return;
  if (name.startsWith('half') && type !== 1) return;
  const rcode = name.startsWith('gone') ? 3 : name.startsWith('broken') ? 2 : 0;
  const has = rcode === 0 && type === 1 && !name.startsWith('empty');
  const head = Buffer.from(query.subarray(0, at + 5));
  head.set([0x85, 0x80 | rcode, 0, 1, 0, has ? 1 : 0, 0, 0, 0, 0], 2);
  if (name.startsWith('strange')) head[0] ^= 0xff;
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 10, 0, 4, 10, 0, 0, 9]);
  socket.send(has ? Buffer.concat([head, record]) : head, port, address);
});
socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));`;

const folder = mkdtempSync(join(tmpdir(), 'readiness-'));
const servers: ChildProcess[] = [];
let port: number;
let resolverPort: number;
let closedPort: number;

beforeAll(async () => {
  port = await serve(SERVER);
  resolverPort = await serve(RESOLVER);
  closedPort = await freePort();
});

afterAll(() => {
  for (const server of servers) server.kill();
  rmSync(folder, { recursive: true });
});

/** Starts a server that prints its port. */
function serve(program: string): Promise<number> {
  const server = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  servers.push(server);
  return new Promise((resolve) =>
    server.stdout?.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))),
  );
}

const tcp = (at: number, host = '127.0.0.1'): Check => ({ kind: 'tcp', host, port: at });
const http = (path: string, statuses: readonly number[] = [], at = port): Check => ({
  kind: 'http',
  url: `http://127.0.0.1:${at}${path}`,
  statuses,
  isInsecure: false,
});
const dns = (name: string, type?: string, server?: string, at?: number): Check => ({
  kind: 'dns',
  name,
  type,
  server,
  port: at,
});
const command = (...argv: string[]): Check => ({ kind: 'command', argv });
const path = (at: string): Check => ({ kind: 'path', path: at });

function ask(shell: HostShell, checks: readonly Check[], limitSeconds = 5): boolean[] {
  return [
    ...readHere(
      shell,
      readiness,
      checks.map((check) => readinessKey(check, limitSeconds)),
    ),
  ];
}

/** A shell whose programs are these alone: names of this computer, of busybox, or texts of scripts. */
function shellWith(name: string, programs: Readonly<Record<string, string>>): HostShell {
  const bin = mkdtempSync(join(folder, `${name}-`));
  chmodSync(bin, 0o755);
  for (const usual of ['sh', 'grep', 'sed', 'head', 'sleep'])
    symlinkSync('/usr/bin/busybox', join(bin, usual));
  for (const [program, made] of Object.entries(programs)) {
    if (made.startsWith('/')) symlinkSync(made, join(bin, program));
    else writeFileSync(join(bin, program), `#!/bin/sh\n${made}\n`, { mode: 0o755 });
  }
  return { argv: ['/bin/dash'], path: bin };
}

describe.each(SHELLS.slice(0, 3))('readiness by %s', (_name, shell) => {
  test('all sorts at once', () => {
    const rows: readonly (readonly [string, Check, boolean])[] = [
      ['an open port', tcp(port), true],
      ['a closed port', tcp(closedPort), false],
      ['a name for an address', tcp(port, 'localhost'), true],
      ['a 200', http('/200'), true],
      ['a 204', http('/204'), true],
      ['a 503', http('/503'), false],
      ['a redirection', http('/301'), false],
      ['a 503 that is wanted', http('/503', [200, 503]), true],
      ['a 200 that is not', http('/200', [401]), false],
      ['nobody there', http('/200', [], closedPort), false],
      ['a name', dns('localhost'), true],
      ['an address of one sort', dns('localhost', 'A'), true],
      ['no such name', dns('surely.invalid'), false],
      ['a command', command('test', '-d', '/'), true],
      ['one that fails', command('false'), false],
      ['one that is not there', command('surely-no-command'), false],
      ['what looks like an answer', command('sh', '-c', 'seq 0 99; false'), false],
      ['a path', path('/'), true],
      ['no path', path('/surely/not'), false],
    ];
    const answers = ask(
      shell,
      rows.map(([, check]) => check),
    );
    expect(answers.map((holds, index) => `${rows[index]?.[0]}: ${holds}`)).toEqual(
      rows.map(([name, , holds]) => `${name}: ${holds}`),
    );
  });

  test('one that hangs is given up, and ends with what it started', () => {
    const keys = [command('sh', '-c', 'sleep 98765; true'), http('/hang'), path('/')].map((check) =>
      readinessKey(check, 1),
    );
    expect(readHere(shell, readiness, keys)).toEqual([false, false, true]);
  });

  test('words arrive as they are', () => {
    const checks = HOSTILE_WORDS.map((word) => command('test', `${word}.`, '=', `${word}.`));
    expect(ask(shell, checks)).toEqual(checks.map(() => true));
    expect(
      ask(
        shell,
        HOSTILE_WORDS.map((word) => path(`/surely/${word}`)),
      ),
    ).not.toContain(true);
  });
});

describe('with whatever program is there', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['bash', { bash: '/usr/bin/bash', timeout: '/usr/bin/timeout' }],
    ['curl', { curl: '/usr/bin/curl', timeout: '/usr/bin/busybox' }],
    ['an nc that starts programs', { nc: '/usr/bin/busybox', true: '/usr/bin/busybox' }],
  ])('tcp: %s', (name, programs) => {
    expect(ask(shellWith(name, programs), [tcp(port), tcp(closedPort)])).toEqual([true, false]);
  });

  test('tcp: an nc that looks', () => {
    const nc = `case $1 in
      -h) echo 'usage: nc [-46hz] [-w timeout] [destination] [port]' >&2; exit 1 ;;
    esac
    [ "$*" = "-z -w 5 127.0.0.1 ${port}" ]`;
    expect(ask(shellWith('nc', { nc }), [tcp(port), tcp(closedPort)])).toEqual([true, false]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['curl', { curl: '/usr/bin/curl' }],
    ['wget of GNU', { wget: '/usr/bin/wget' }],
    ['wget of busybox', { wget: '/usr/bin/busybox' }],
  ])('http: %s', (name, programs) => {
    const shell = shellWith(name, programs);
    const checks = [http('/200'), http('/503'), http('/503', [503]), http('/200', [], closedPort)];
    expect(ask(shell, checks)).toEqual([true, false, true, false]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    [
      'dig',
      { dig: `case "$*" in *@10.0.0.1*'-t A -q there'*) echo 10.0.0.9 ;; *) echo ';; timed out' ;; esac` },
    ],
    [
      'host',
      {
        host: `case "$*" in *'-t A there 10.0.0.1') echo 'there has address 10.0.0.9' ;; *) echo "$4 not found: 3(NXDOMAIN)"; exit 1 ;; esac`,
      },
    ],
    [
      'nslookup',
      {
        nslookup: `printf 'Server:\\t10.0.0.1\\nAddress:\\t10.0.0.1:53\\n\\n'
        case "$*" in '-type=A there 10.0.0.1') printf 'Name:\\tthere\\nAddress: 10.0.0.9\\n' ;; *) echo "** server can't find it: NXDOMAIN"; exit 1 ;; esac`,
      },
    ],
  ])('a server of names: %s', (name, programs) => {
    const shell = shellWith(name, programs);
    const checks = [
      dns('there', undefined, '10.0.0.1'),
      dns('there', 'A', '10.0.0.1'),
      dns('gone', 'A', '10.0.0.1'),
    ];
    expect(ask(shell, checks)).toEqual([true, true, false]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    [
      'dig',
      {
        dig: `case "$*" in *'-p 5335 @10.0.0.1 -t A -q there') echo 10.0.0.9 ;; *) echo ';; timed out' ;; esac`,
      },
    ],
    [
      'host',
      {
        host: `case "$*" in '-W 5 -p 5335 -t A there 10.0.0.1') echo 'there has address 10.0.0.9' ;; *) exit 1 ;; esac`,
      },
    ],
    [
      'nslookup',
      {
        nslookup: `printf 'Server:\\t10.0.0.1\\n\\n'
        case "$*" in '-type=A -port=5335 there 10.0.0.1') printf 'Address: 10.0.0.9\\n' ;; esac`,
      },
    ],
  ])('a server of names on another port: %s', (name, programs) => {
    const checks = [dns('there', 'A', '10.0.0.1', 5335), dns('there', 'A', '10.0.0.1', 53)];
    expect(ask(shellWith(name, programs), checks)).toEqual([true, false]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['bash', { bash: '/usr/bin/bash', dd: '/usr/bin/dd', od: '/usr/bin/od', timeout: '/usr/bin/timeout' }],
    ['bash with busybox', { bash: '/usr/bin/bash', dd: '/usr/bin/busybox', od: '/usr/bin/busybox' }],
    ['nslookup of busybox', { nslookup: '/usr/bin/busybox', timeout: '/usr/bin/busybox' }],
  ])('a question of our own, or of busybox: %s', (name, programs) => {
    const longest = 'x'.repeat(63);
    const rows: readonly (readonly [string, Check, boolean])[] = [
      ['a name', dns('there.lan', 'A', '127.0.0.1', resolverPort), true],
      ['a name to its end', dns('there.lan.', 'A', '127.0.0.1', resolverPort), true],
      ['an address of either sort', dns('there.lan', undefined, '127.0.0.1', resolverPort), true],
      [
        'a label of ten, whose length is a newline',
        dns('abcdefghij.lan', 'A', '127.0.0.1', resolverPort),
        true,
      ],
      ['a long name', dns(`${longest}.${longest}.${longest}.lan`, 'A', '127.0.0.1', resolverPort), true],
      ['no address of that sort', dns('there.lan', 'AAAA', '127.0.0.1', resolverPort), false],
      ['no record of that sort', dns('there.lan', 'SRV', '127.0.0.1', resolverPort), false],
      ['a name without records', dns('empty.lan', undefined, '127.0.0.1', resolverPort), false],
      ['no such name', dns('gone.lan', 'A', '127.0.0.1', resolverPort), false],
      ['a server that fails', dns('broken.lan', 'A', '127.0.0.1', resolverPort), false],
      ['a server that is silent', dns('silent.lan', 'A', '127.0.0.1', resolverPort), false],
      ['nobody there', dns('there.lan', 'A', '127.0.0.1', closedPort), false],
    ];
    const answers = ask(
      shellWith(name, programs),
      rows.map(([, check]) => check),
      3,
    );
    expect(answers.map((holds, index) => `${rows[index]?.[0]}: ${holds}`)).toEqual(
      rows.map(([row, , holds]) => `${row}: ${holds}`),
    );
  });

  test('an answer to another question is none', () => {
    const programs = { bash: '/usr/bin/bash', dd: '/usr/bin/dd', od: '/usr/bin/od' };
    const checks = [
      dns('strange.lan', 'A', '127.0.0.1', resolverPort),
      dns(`${'x'.repeat(64)}.lan`, 'A', '127.0.0.1', resolverPort),
    ];
    expect(ask(shellWith('strange', programs), checks)).toEqual([false, false]);
  });

  test('none: nothing holds', () => {
    const shell = shellWith('none', {});
    expect(ask(shell, [tcp(port), http('/200'), dns('localhost')])).toEqual([false, false, false]);
  });

  test('without `timeout` an attempt ends all the same', () => {
    const keys = [command('sleep', '98765'), path('/')].map((check) => readinessKey(check, 1));
    expect(readHere(shellWith('no-timeout', {}), readiness, keys)).toEqual([false, true]);
  });
});
