import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toShell } from '../../src/core/command.js';
import { Secret } from '../../src/core/secret.js';
import type { RunStep } from '../../src/core/step.js';
import download from '../../src/tasks/download.js';
import type { HostShell } from '../probes/shells.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';
import { runStepHere } from './shared/run-step.js';

const path = '/usr/local/bin/tool';
const url = 'https://example.org/tool';
const sha256 = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const having = (
  entry: ReturnType<typeof fileEntry> | null,
  programs: Readonly<Record<string, boolean>> = { curl: true, wget: false },
): Answers => ({ files: { [path]: entry }, programs });

describe('download', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', {}, having(fileEntry({ sha256 })), [], []],
    ['in sync needs no program', {}, having(fileEntry({ sha256 }), { curl: false, wget: false }), [], []],
    [
      'new: 0644 of whoever writes it',
      {},
      having(null),
      ['state: absent -> present', `sha256: null -> ${sha256}`],
      [`${path} ${sha256} 0644 '' 600`],
    ],
    [
      'another file: mode and owner stay as found',
      { timeout: 20 },
      having(fileEntry({ sha256: other, mode: '0755', owner: 'app', group: 'app' }), {
        curl: false,
        wget: true,
      }),
      [`sha256: ${other} -> ${sha256}`],
      [`${path} ${sha256} 0755 app:app 20`],
    ],
    [
      'new, with everything given',
      { mode: '0755', owner: 'app', group: 33 },
      having(null),
      [
        'state: absent -> present',
        `sha256: null -> ${sha256}`,
        'mode: null -> 0755',
        'owner: null -> app',
        'group: null -> 33',
      ],
      [`${path} ${sha256} 0755 app:33 600`],
    ],
  ])('%s', async (_name, params, answers, changes, words) => {
    const planned = await plan(download, { path, url, sha256, ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps.map((step) => /^sh -s -- (.*) < /.exec(step)?.[1])).toEqual(words);
  });

  test('mode and owner alone fetch nothing', async () => {
    const host = fakeHost(having(fileEntry({ sha256, mode: '0644' })));
    const { steps } = await plan(download, { path, url, sha256, mode: '0755', owner: 'app' }, host);
    expect(steps).toEqual([`chown -h -- app ${path}`, `chmod 00755 ${path}`]);
  });

  test('absent', async () => {
    const there = await plan(
      download,
      { path, state: 'absent' },
      fakeHost({ files: { [path]: fileEntry() } }),
    );
    expect(there.steps).toEqual([`rm -f -- ${path}`]);
    const gone = await plan(download, { path, state: 'absent' }, fakeHost({ files: { [path]: null } }));
    expect(gone.changes).toEqual([]);
  });

  test('without curl and wget it is not known', async () => {
    const host = fakeHost(having(null, { curl: false, wget: false }));
    expect((await plan(download, { path, url, sha256 }, host)).unknown).toContain('neither curl nor wget');
  });

  test.each<[string, ReturnType<typeof fileEntry>, string]>([
    ['a directory', fileEntry({ type: 'directory' }), 'task/wrong-type'],
    ['a link', fileEntry({ type: 'link', target: '/x' }), 'task/wrong-type'],
    ['not readable', fileEntry(), 'task/permission-denied'],
  ])('what is %s is refused', async (_name, entry, code) => {
    await expect(plan(download, { path, url, sha256 }, fakeHost(having(entry)))).rejects.toMatchObject({
      code,
    });
  });

  test.each<[string, object, string]>([
    ['no address', { path, sha256 }, 'url: is missing'],
    ['no sum', { path, url }, 'sha256: is missing'],
    ['a sum that is none', { path, url, sha256: 'abc' }, 'sha256: must be a SHA-256 sum'],
    ['another scheme', { path, sha256, url: 'ftp://example.org/x' }, 'url: has to begin with https://'],
    ['a file', { path, sha256, url: 'file:///etc/shadow' }, 'url: has to begin with https://'],
    ['no host', { path, sha256, url: 'https:///x' }, 'url: has to begin with https://'],
    ['a newline', { path, sha256, url: 'https://x/\noutput = "/etc/passwd"' }, 'url: holds a character'],
    ['a quote', { path, sha256, url: 'https://x/"' }, 'url: holds a character'],
    ['a backslash', { path, sha256, url: 'https://x/\\' }, 'url: holds a character'],
    ['a bad secret', { path, sha256, url: new Secret('https://x/ ') }, 'url: holds a character'],
    ['a port that is none', { path, sha256, url: 'https://x:99999/' }, 'url: is no URL'],
    ['an address for nothing', { path, url, state: 'absent' }, 'url: makes no sense'],
    ['a sum for nothing', { path, sha256, state: 'absent' }, 'sha256: makes no sense'],
    ['no time', { path, url, sha256, timeout: 0 }, 'timeout: '],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(download, params).join('\n')).toContain(problem);
  });

  test.each([
    ['HTTPS://EXAMPLE.org/a', 'https://example.org/a'],
    ['https://example.org/ü?q=[1-3]', 'https://example.org/%C3%BC?q=[1-3]'],
  ])('the address %p is %s', (written, expected) => {
    expect(download.params.parse({ path, sha256, url: written })).toMatchObject({ url: expected });
  });

  test('credentials make an address secret', () => {
    const { url: parsed } = download.params.parse({ path, sha256, url: 'https://bob:pw@example.org/' });
    expect(String(parsed)).toBe('***');
  });
});

const BODY = Buffer.from(Array.from({ length: 100_000 }, (_, value) => value % 256));
const sum = createHash('sha256').update(BODY).digest('hex');
const SYSTEM = [
  'dash',
  'bash',
  'busybox',
  'sha256sum',
  'mktemp',
  'chmod',
  'chown',
  'rm',
  'mv',
  'sync',
  'sh',
  'grep',
  'timeout',
  'stat',
];

/** The fetching programs of hosts, each alone. */
const FETCHERS = [
  ['curl', 'dash', { curl: '/usr/bin/curl' }],
  ['GNU wget', 'bash', { wget: '/usr/bin/wget' }],
  ['busybox wget', 'busybox', { wget: '/usr/bin/busybox' }],
] as const;

let server: Server;
let port = 0;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'download-'));
  server = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end();
    else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else if (request.url === '/private' && request.headers.authorization === undefined)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    else if (request.url === '/never') response.writeHead(200).write('x');
    else if (request.url === '/missing') response.writeHead(404).end('not here');
    else response.end(/^\/(file|private)/.test(request.url ?? '') ? BODY : 'something else');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

describe.each(FETCHERS)('fetched with %s', (name, shell, links) => {
  const host = (): HostShell => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    for (const program of SYSTEM.filter((one) => existsSync(`/usr/bin/${one}`)))
      symlinkSync(`/usr/bin/${program}`, join(bin, program));
    for (const [program, target] of Object.entries(links)) symlinkSync(target, join(bin, program));
    return { argv: shell === 'busybox' ? ['/usr/bin/busybox', 'sh'] : [shell], path: bin };
  };
  const fetch = async (options: { file: string; url: unknown; sha256?: string; timeout?: number }) => {
    const { file, ...more } = options;
    const wanted = { path: file, sha256: sum, mode: '0750', ...more };
    const answers: Answers = {
      files: { [file]: existsSync(file) ? fileEntry({ sha256: 'ef'.repeat(32) }) : null },
      programs: { curl: true, wget: true },
    };
    const { rawSteps } = await plan(download, wanted, fakeHost(answers));
    const step = rawSteps[0] as RunStep;
    return { step, ...(await runStepHere(host(), step)) };
  };
  const target = (): string => join(mkdtempSync(join(folder, 'target-')), "it's * a file");

  test('whole, with its mode, through a redirection', async () => {
    const file = target();
    const { code, stderr } = await fetch({
      file,
      url: `http://127.0.0.1:${port}/file?[1-2]&a='$(id)'`,
    });
    expect({ code, stderr: name === 'GNU wget' ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(file).equals(BODY)).toBe(true);
    expect((statSync(file).mode & 0o7777).toString(8)).toBe('750');
    chmodSync(file, 0o600);
    expect((await fetch({ file, url: `http://127.0.0.1:${port}/moved` })).code).toBe(0);
    expect(readFileSync(file).equals(BODY)).toBe(true);
  });

  test.each([
    ['another sum', '/file', { sha256: other }, `has the SHA-256 sum ${sum}, wanted was ${other}`],
    ['no such file', '/missing', {}, 'fetching failed with exit code'],
    ['a redirection without end', '/loop', {}, 'fetching failed with exit code'],
    ['a server that never ends', '/never', { timeout: 1 }, 'fetching failed with exit code'],
  ])('%s keeps the old file', async (_what, where, more, message) => {
    const file = target();
    writeFileSync(file, 'old');
    const { code, stderr } = await fetch({ file, url: `http://127.0.0.1:${port}${where}`, ...more });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(join(file, '..'))).toEqual(["it's * a file"]);
  });

  test('a secret address is in no argument list and no message', async () => {
    const file = target();
    const address = new Secret(`http://bob:open-sesame@127.0.0.1:${port}/private`);
    const { code, step, stderr, stdout } = await fetch({ file, url: address });
    expect(`${step.command.argv.join(' ')}${stderr}${stdout}`).not.toContain('sesame');
    expect(code).toBe(name === 'busybox wget' ? 1 : 0);
    expect(existsSync(file)).toBe(name !== 'busybox wget');
    const wrong = await fetch({
      file: target(),
      url: new Secret(`http://bob:open-sesame@127.0.0.1:${port}/missing`),
    });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).not.toContain('sesame');
  });

  test('the script is what a shell reads', async () => {
    const { rawSteps } = await plan(download, { path, url, sha256 }, fakeHost(having(null)));
    expect(toShell((rawSteps[0] as RunStep).command)).toContain(`| sh -s -- ${path} ${sha256}`);
  });
});
