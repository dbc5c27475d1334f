import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { Secret } from '../../../src/core/secret.js';
import { apiShape, hostApi, requireOneToken } from '../../../src/rolling/api/api-params.js';
import { askApi, askJson, mayPass, type HostApi } from '../../../src/rolling/api/host-api.js';
import { orPending, untilAnswered } from '../../../src/rolling/api/until-answered.js';
import { HomelabError, toHomelabError } from '../../../src/core/errors.js';
import { scratchFolder } from '../../transport/local-shell.js';
import {
  closeHosts,
  drainHost,
  linkPrograms,
  putProgram,
  startStandIn,
  type StandIn,
} from '../drains/drain-host.js';

const scratch = scratchFolder();
let server: StandIn;
let answer: { status?: number; body: unknown };

beforeAll(async () => {
  linkPrograms(scratch.path, ['/bin/bash', '/usr/bin/timeout', '/bin/cat']);
  server = await startStandIn(() => answer);
});
afterEach(() => void server.requests.splice(0));
afterAll(async () => {
  await closeHosts();
  await server.close();
  scratch.dispose();
});

const TOKEN = 'b4c0-token';
const HOSTS = [
  ['curl', undefined],
  ['bash alone', 'bash'],
] as const;

const hostWith = (kind: string | undefined) => drainHost(kind === undefined ? {} : { path: scratch.path });
const api = (more: Partial<HostApi> = {}): HostApi => ({ host: 'box', base: server.base, ...more });
const codeOf = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    (thrown: unknown) => toHomelabError(thrown).code,
  );

describe.each(HOSTS)('asked by %s', (_name, kind) => {
  test('method, path, body and token arrive', async () => {
    answer = { body: { fine: 'ü' } };
    const host = hostWith(kind);
    const request = { method: 'PUT', path: '/v1/a?b=%20c', body: { text: `"'\\\n$(id)ü@` } } as const;
    const token = { header: 'X-Token', value: new Secret(TOKEN) };
    const { status, body } = await askApi(host.shell, api({ token }), request);
    expect([status, JSON.parse(body.toString('utf8'))]).toEqual([200, { fine: 'ü' }]);
    expect(server.requests).toMatchObject([
      { method: 'PUT', path: '/v1/a?b=%20c', body: request.body, headers: { 'x-token': TOKEN } },
    ]);
  });

  test('a token is read on the host, without what is around it', async () => {
    answer = { body: 1 };
    writeFileSync(scratch.file('token'), ` ${TOKEN} `);
    const token = { header: 'X-Token', value: { path: scratch.file('token') } };
    await askApi(hostWith(kind).shell, api({ token }), { method: 'GET', path: '/' });
    expect(server.requests).toMatchObject([{ headers: { 'x-token': TOKEN }, body: undefined }]);
  });

  test.each([
    ['no such file', undefined],
    ['an empty one', ''],
    ['a line that would add a header', 'a: b"\nheader = "X'],
  ])('%s is no token', async (_case, text) => {
    const path = scratch.file(`token-${text?.length ?? 'none'}`);
    if (text !== undefined) writeFileSync(path, text);
    const token = { header: 'X-Token', value: { path } };
    const asked = askApi(hostWith(kind).shell, api({ token }), { method: 'GET', path: '/' });
    expect(await codeOf(asked)).toBe('drain/no-token');
    expect(server.requests).toEqual([]);
  });

  test('nothing listens', async () => {
    const asked = askApi(hostWith(kind).shell, api({ base: 'http://127.0.0.1:1' }), {
      method: 'GET',
      path: '/',
    });
    expect(await codeOf(asked)).toBe('drain/unreachable');
  });

  test.each<[number, string]>([
    [200, 'done'],
    [204, 'drain/bad-answer'],
    [401, 'drain/refused'],
    [403, 'drain/refused'],
    [404, 'drain/not-found'],
    [405, 'drain/not-found'],
    [429, 'drain/api-failed'],
    [500, 'drain/api-failed'],
    [400, 'drain/bad-request'],
  ])('status %d', async (status, code) => {
    answer = { status, body: status === 204 ? '' : { a: 1 } };
    const asked = askJson(
      hostWith(kind).shell,
      api(),
      { method: 'GET', path: '/' },
      { schema: z.object({ a: z.number() }) },
    );
    expect(await codeOf(asked)).toBe(code);
  });
});

test('a host without both says what is missing; https without curl too', async () => {
  const bare = scratchFolder();
  const asked = askApi(drainHost({ path: bare.path }).shell, api(), { method: 'GET', path: '/' });
  expect(await codeOf(asked)).toBe('drain/no-http-client');
  const base = server.base.replace('http', 'https');
  const safely = askApi(hostWith('bash').shell, api({ base }), { method: 'GET', path: '/' });
  expect(await codeOf(safely)).toBe('drain/no-http-client');
  bare.dispose();
});

test('no program has the token or the body among its arguments or in its environment', async () => {
  const spy = scratchFolder();
  const seen = `{ tr '\\0' '\\n' </proc/$$/cmdline; tr '\\0' '\\n' </proc/$$/environ; } >>${spy.file('seen')}`;
  for (const [program, path] of [
    ['curl', '/usr/bin/curl'],
    ['bash', '/bin/bash'],
  ] as const)
    putProgram(spy.path, program, `#!/bin/sh\n${seen}\nexec ${path} "$@"\n`);
  linkPrograms(spy.path, ['/usr/bin/tr', '/usr/bin/timeout', '/bin/cat']);
  const bashOnly = scratchFolder();
  linkPrograms(bashOnly.path, [spy.file('bash'), '/usr/bin/tr', '/usr/bin/timeout', '/bin/cat']);
  answer = { body: 1 };
  const token = { header: 'X-Token', value: new Secret('TOPSECRETTOKEN') };
  for (const path of [spy.path, bashOnly.path])
    await askApi(drainHost({ path }).shell, api({ token }), {
      method: 'PUT',
      path: '/',
      body: { password: 'HIDDENBODY' },
    });
  const { readFileSync } = await import('node:fs');
  const told = readFileSync(spy.file('seen'), 'utf8');
  expect(server.requests.map(({ headers }) => headers['x-token'])).toEqual([
    'TOPSECRETTOKEN',
    'TOPSECRETTOKEN',
  ]);
  expect(told).toContain('curl');
  expect(told).toContain('/dev/tcp/');
  expect(told).not.toMatch(/TOPSECRET|HIDDENBODY/);
  spy.dispose();
  bashOnly.dispose();
});

const schema = z.strictObject(apiShape('http://127.0.0.1:8500')).superRefine(requireOneToken);

describe('parameters', () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    ['plain', {}, undefined],
    ['https by address', { api: 'https://127.0.0.1:8501' }, { isInsecure: true }],
    ['https by IPv6 address', { api: 'https://[::1]:8501/' }, { isInsecure: true }],
    ['https by name', { api: 'https://consul.lan:8501' }, { isInsecure: false }],
    [
      'with an authority',
      { api: 'https://127.0.0.1:8501', ca: '/ca.pem' },
      { isInsecure: false, ca: '/ca.pem' },
    ],
    ['as it says', { api: 'https://consul.lan', insecure: true }, { isInsecure: true }],
  ])('%s', (_name, written, tls) => {
    const made = hostApi('box', 'X', schema.parse(written));
    if (tls === undefined) expect(made.tls).toBeUndefined();
    else expect(made.tls).toMatchObject(tls as object);
  });

  test('a token becomes secret', () => {
    const made = hostApi('box', 'X', schema.parse({ token: TOKEN }));
    expect(JSON.stringify(made)).not.toContain(TOKEN);
    expect(made.token?.value).toBeInstanceOf(Secret);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a path', { api: 'http://127.0.0.1:8500/v1' }],
    ['a query', { api: 'http://127.0.0.1?x' }],
    ['a name and password', { api: 'http://a:b@127.0.0.1' }],
    ['another protocol', { api: 'ftp://127.0.0.1' }],
    ['quotes', { api: 'http://127.0.0.1"' }],
    ['two tokens', { token: 'a', token_file: '/b' }],
    ['a token of two lines', { token: 'a\nb' }],
    ['a certificate without its key', { cert: '/c' }],
  ])('%s is refused', (_name, written) => {
    expect(schema.safeParse(written).success).toBe(false);
  });
});

describe('waiting for an API', () => {
  const failing = (codes: readonly string[]) => {
    const left = [...codes];
    return async (): Promise<string> => {
      const code = left.shift();
      if (code !== undefined) throw new HomelabError({ code, message: `it is ${code}` });
      return 'there';
    };
  };
  const pause = () => Promise.resolve();

  test('what may pass is asked again, within its time', async () => {
    const twice = ['drain/unreachable', 'drain/api-failed'];
    expect(await untilAnswered({ pause }, 10, failing(twice))).toBe('there');
    await expect(
      untilAnswered({ pause }, 1, failing(Array(9).fill('drain/unreachable'))),
    ).rejects.toMatchObject({
      code: 'drain/unreachable',
    });
    await expect(untilAnswered({ pause }, 10, failing(['drain/refused']))).rejects.toMatchObject({
      code: 'drain/refused',
    });
  });

  test('it is what is pending; what never passes is an error', async () => {
    expect(await orPending(failing(['drain/unreachable']))).toBe('it is drain/unreachable');
    expect(await orPending(failing([]))).toBe('there');
    await expect(orPending(failing(['drain/refused']))).rejects.toThrow('it is drain/refused');
    expect(mayPass(new HomelabError({ code: 'transport/lost', message: '' }))).toBe(false);
  });
});
