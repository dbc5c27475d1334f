import { afterAll } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reader, ReaderOutput } from '../../src/core/reader.js';

/** A shell with a set of programs. */
export interface HostShell {
  readonly argv: readonly [string, ...string[]];
  readonly path: string;
}

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A folder in which the programs the readers call are those of busybox. */
function busyboxPrograms(): string {
  const folder = mkdtempSync(join(tmpdir(), 'busybox-'));
  chmodSync(folder, 0o755);
  afterAll(() => rmSync(folder, { recursive: true }));
  const programs = [
    'stat',
    'sha256sum',
    'readlink',
    'head',
    'base64',
    'sed',
    'uname',
    'ip',
    'date',
    'hostname',
    'cat',
    'env',
    'grep',
    'timeout',
    'mkdir',
    'tr',
    'sh',
    'id',
  ];
  for (const program of programs) symlinkSync('/usr/bin/busybox', join(folder, program));
  return folder;
}

/** The shells of real hosts: three with GNU programs, one with nothing but busybox. */
export const SHELLS: readonly (readonly [string, HostShell])[] = [
  ['dash', { argv: ['dash'], path: SYSTEM_PATH }],
  ['bash', { argv: ['bash', '--posix'], path: SYSTEM_PATH }],
  ['busybox sh', { argv: ['busybox', 'sh'], path: SYSTEM_PATH }],
  ['busybox alone', { argv: ['/usr/bin/busybox', 'sh'], path: busyboxPrograms() }],
];

/** The script run as a section of a request is: in a known environment, without input. `uid`: as another account. */
export function runScript(shell: HostShell, script: string, uid?: number): ReaderOutput {
  const [program, ...rest] = shell.argv;
  const { status, stdout, stderr, error } = spawnSync(program, [...rest, '-c', script], {
    env: { LC_ALL: 'C', PATH: shell.path },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 16 * 1024 * 1024,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  if (error !== undefined) throw error;
  return { code: status ?? -1, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

/** {@link runScript}, beside others: for scripts that mostly wait. */
export function runScriptLater(shell: HostShell, script: string): Promise<ReaderOutput> {
  const [program, ...rest] = shell.argv;
  // Without input: bash takes a socket, as Node's pipes are, for a login of the net, and reads .bashrc.
  const child = spawn(program, [...rest, '-c', script], {
    env: { LC_ALL: 'C', PATH: shell.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** What `reader` reads on this computer. */
export function readHere<Value>(
  shell: HostShell,
  reader: Reader<Value>,
  keys: readonly string[],
  uid?: number,
): readonly Value[] {
  return reader.parse(runScript(shell, reader.script(keys), uid), keys);
}

/** Parses an answer that was made up. */
export function parseText<Value>(
  reader: Reader<Value>,
  stdout: string,
  keys: readonly string[],
  code = 0,
): readonly Value[] {
  return reader.parse({ code, stdout, stderr: '' }, keys);
}
