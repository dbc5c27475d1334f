import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Check } from '../../../src/core/check.js';
import { askerHere } from '../../../src/rolling/health/ask-here.js';
import { sharedLookUp } from '../../../src/rolling/health/look-up.js';
import { freePort } from '../../free-port.js';

/** Answers each path with the status that it names; `/hang` never. */
const web = createHttpServer((request, response) => {
  const status = Number(request.url?.slice(1));
  if (status >= 100) response.writeHead(status, { location: '/200' }).end('x');
});
/** By the first letters of the name: no name, an error, no record, no answer, an answer to another question; else an address. */
const resolver = createSocket('udp4');
resolver.on('message', (query, { port, address }) => {
  const name = query.subarray(13, 13 + (query[12] ?? 0)).toString();
  const type = query.readUInt16BE(query.length - 4);
  if (name.startsWith('silent') || (name.startsWith('half') && type !== 28)) return;
  const rcode = name.startsWith('gone') ? 3 : name.startsWith('broken') ? 2 : 0;
  const has = rcode === 0 && !name.startsWith('empty');
  const answer = Buffer.from(query);
  answer.set([0x85, 0x80 | rcode, 0, 1, 0, has ? 1 : 0], 2);
  if (name.startsWith('strange')) answer[0] = (answer[0] ?? 0) ^ 0xff;
  resolver.send(answer, port, address);
});
let webPort: number;
let dnsPort: number;
let closedPort: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => resolver.bind(0, '127.0.0.1', resolve));
  webPort = (web.address() as AddressInfo).port;
  dnsPort = resolver.address().port;
  closedPort = await freePort();
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
  resolver.close();
});

const ask = askerHere({ lookUp: sharedLookUp(), env: process.env });
const never = new AbortController().signal;
const http = (path: string, statuses: readonly number[] = []): Check => ({
  kind: 'http',
  url: `http://localhost:${webPort}${path}`,
  statuses,
  isInsecure: false,
});
const dns = (name: string, type?: string): Check => ({
  kind: 'dns',
  name,
  type,
  server: '127.0.0.1',
  port: dnsPort,
});

describe('one look from here', () => {
  test.each<readonly [string, () => Check, string | undefined]>([
    ['an open port', () => ({ kind: 'tcp', host: '127.0.0.1', port: webPort }), undefined],
    ['of a name', () => ({ kind: 'tcp', host: 'localhost', port: webPort }), undefined],
    ['a closed port', () => ({ kind: 'tcp', host: '127.0.0.1', port: closedPort }), 'ECONNREFUSED'],
    ['a 204', () => http('/204'), undefined],
    ['a redirection is not followed', () => http('/301'), 'status 301'],
    ['a 503', () => http('/503'), 'status 503'],
    ['a 401 that is wanted', () => http('/401', [200, 401]), undefined],
    ['a name', () => dns('nas.lan'), undefined],
    ['a sort of record', () => dns('nas.lan', 'TXT'), undefined],
    ['only one sort is answered', () => dns('half.lan'), undefined],
    ['no such name', () => dns('gone.lan'), 'NXDOMAIN'],
    ['a resolver that fails', () => dns('broken.lan'), 'SERVFAIL'],
    ['no record', () => dns('empty.lan', 'A'), 'no such record'],
    ['no name of DNS', () => dns(`${'a'.repeat(64)}.lan`), 'is no name of DNS'],
    [
      'nobody listens there',
      () => ({ kind: 'dns', name: 'x.lan', type: 'A', server: '127.0.0.1', port: closedPort }),
      'ECONNREFUSED',
    ],
    [
      'a name as this machine resolves it',
      () => ({ kind: 'dns', name: 'localhost', type: undefined, server: undefined }),
      undefined,
    ],
    ['a program', () => ({ kind: 'command', argv: ['true'] }), undefined],
    [
      'one that fails',
      () => ({ kind: 'command', argv: ['sh', '-c', 'echo first; echo why >&2; exit 3'] }),
      'why',
    ],
    ['one that says nothing', () => ({ kind: 'command', argv: ['false'] }), 'exit code 1'],
    ['one that is not there', () => ({ kind: 'command', argv: ['/surely/not'] }), 'ENOENT'],
    ['a path', () => ({ kind: 'path', path: '/' }), undefined],
    ['no path', () => ({ kind: 'path', path: '/surely/not' }), 'it is not there'],
  ])('%s', async (_name, check, said) => {
    const sight = await ask(check(), never);
    expect(sight).toEqual(
      said === undefined ? { isUp: true, said } : { isUp: false, said: expect.stringContaining(said) },
    );
  });

  test.each<readonly [string, () => Check]>([
    ['an answer that does not come', () => http('/hang')],
    ['a resolver that is silent', () => dns('silent.lan')],
    ['an answer to another question', () => dns('strange.lan')],
    [
      'a program that hangs, with what it has started',
      () => ({ kind: 'command', argv: ['sh', '-c', 'sleep 98764; true'] }),
    ],
  ])('%s is given up', async (_name, check) => {
    const limit = new AbortController();
    const sight = ask(check(), limit.signal);
    setImmediate(() => limit.abort());
    expect(await sight).toMatchObject({ isUp: false });
  });
});

test('a name is looked up once, and two at a time', () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const lookUp = sharedLookUp((name, answer) => {
    asked.push(name);
    answers.push(() =>
      answer(null, [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]),
    );
  });
  const found: unknown[] = [];
  for (const name of ['a', 'a', 'b', 'c'])
    lookUp(name, { family: 4 }, (_error, address) => found.push([name, address]));
  expect(asked).toEqual(['a', 'b']);
  answers.shift()?.();
  expect([asked, found]).toEqual([
    ['a', 'b', 'c'],
    [
      ['a', '127.0.0.1'],
      ['a', '127.0.0.1'],
    ],
  ]);
  lookUp('a', { all: true }, (_error, addresses) => found.push(addresses));
  for (let answer = answers.shift(); answer !== undefined; answer = answers.shift()) answer();
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
  expect(found.at(-1)).toEqual([
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ]);
});
