import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cacheName, isImmutable } from '../../src/lab/package-cache.js';
import { createInsideRelay, createOutsideProxy } from '../../src/lab/package-proxy.js';
import { isForbiddenLiteral } from '../../src/lab/proxy-destination.js';

const portOf = (server: Pick<Server, 'address'>) => (server.address() as AddressInfo).port;

describe('isImmutable', () => {
  test.each([
    ['http://m/debian/pool/main/t/tree/tree_2.1.0-1_amd64.deb', true],
    ['http://m/debian/dists/bookworm/main/binary-amd64/by-hash/SHA256/ab12', true],
    ['http://m/debian/dists/bookworm/InRelease', false],
    ['http://m/debian/dists/bookworm/main/binary-amd64/Packages.xz', false],
    ['http://m/find?name=x.deb', false],
  ])('%s: %p', (url, expected) => expect(isImmutable(new URL(url))).toBe(expected));
});

describe('cacheName', () => {
  test('tells the file apart by its whole address and stays in its folder', () => {
    const one = cacheName(new URL('http://m/a/x_1.deb'));
    expect(one).toMatch(/^[0-9a-f]{32}-x_1\.deb$/);
    expect(cacheName(new URL('http://n/a/x_1.deb'))).not.toBe(one);
    expect(cacheName(new URL('http://m/%2e%2e%2fx.deb'))).not.toContain('/');
  });
});

describe('isForbiddenLiteral', () => {
  test.each([
    ['127.0.0.1', true],
    ['10.1.2.3', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['192.168.77.2', true],
    ['169.254.169.254', true],
    ['8.8.8.8', false],
    ['[::1]', true],
    ['[fd00::1]', true],
    ['[::ffff:127.0.0.1]', true],
    ['[2001:db8::1]', false],
    ['deb.example.org', false],
  ])('%s: %p', (hostname, expected) => expect(isForbiddenLiteral(hostname)).toBe(expected));
});

describe('the proxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  const cacheFolder = join(folder, 'cache');
  const socket = join(folder, 'socket');
  const asked: string[] = [];
  const mirror = createServer((incoming, response) => {
    asked.push(incoming.url ?? '');
    if (incoming.url?.includes('absent')) response.writeHead(404).end();
    else if (incoming.url?.includes('cut')) {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    } else response.end(`body of ${incoming.url}`);
  });
  const echo = createTcpServer({ allowHalfOpen: true }, (client) => client.pipe(client));
  const outside = createOutsideProxy({ cacheFolder, trusted: ['127.0.0.1'] });
  const inside = createInsideRelay(socket);

  beforeAll(async () => {
    mirror.listen(0, '127.0.0.1');
    echo.listen(0, '127.0.0.1');
    outside.listen(socket);
    inside.listen(0, '127.0.0.1');
    await Promise.all([mirror, echo, outside, inside].map((server) => once(server, 'listening')));
  });
  beforeEach(() => void asked.splice(0));
  afterAll(() => {
    for (const server of [mirror, outside]) server.closeAllConnections();
    for (const server of [mirror, echo, outside, inside]) server.close();
    rmSync(folder, { recursive: true });
  });

  async function get(target: string, method = 'GET'): Promise<{ status: number; body: string }> {
    const outgoing = request({ host: '127.0.0.1', port: portOf(inside), path: target, method, agent: false });
    const answered = once(outgoing, 'response');
    outgoing.end();
    const [response] = (await answered) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }
  const mirrorUrl = (path: string) => `http://127.0.0.1:${portOf(mirror)}${path}`;

  test('fetches a package once, however many ask, and keeps it', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => get(mirrorUrl('/pool/x.deb'))));
    answers.push(await get(mirrorUrl('/pool/x.deb')));
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      Array.from({ length: 4 }, () => [200, 'body of /pool/x.deb']),
    );
    expect(asked).toEqual(['/pool/x.deb']);
  });

  test('asks again for what may change', async () => {
    await get(mirrorUrl('/dists/InRelease'));
    expect(await get(mirrorUrl('/dists/InRelease'))).toEqual({
      status: 200,
      body: 'body of /dists/InRelease',
    });
    expect(asked).toEqual(['/dists/InRelease', '/dists/InRelease']);
  });

  test.each([
    ['what the mirror does not have', '/pool/absent.deb', 404],
    ['what was cut short', '/pool/cut.deb', 502],
  ])('does not keep %s', async (_what, path, status) => {
    expect((await get(mirrorUrl(path))).status).toBe(status);
    expect(readdirSync(cacheFolder).filter((name) => name.includes(path.slice(6)))).toEqual([]);
  });

  test.each([
    ['a machine nearby', 'http://192.168.77.2/', 'GET', 403],
    ['a name of this computer', 'http://localhost/', 'GET', 502],
    ['another scheme', 'ftp://127.0.0.1/', 'GET', 400],
    ['no address', '/pool/x.deb', 'GET', 400],
    ['writing', 'http://127.0.0.1/', 'POST', 400],
  ])('refuses %s', async (_what, target, method, status) => {
    expect((await get(target, method)).status).toBe(status);
  });

  async function connectTo(target: string): Promise<string> {
    const client = connect(portOf(inside), '127.0.0.1');
    client.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    const [head] = (await once(client, 'data')) as [Buffer];
    const status = head.toString().split(' ')[1] ?? '';
    if (status !== '200') return status;
    client.end('through');
    return text(client);
  }

  test('carries a tunnel both ways', async () => {
    expect(await connectTo(`127.0.0.1:${portOf(echo)}`)).toBe('through');
  });

  test.each([
    ['a machine nearby', '10.0.0.1:22', '403'],
    ['a name of this computer', 'localhost:22', '502'],
  ])('refuses a tunnel to %s', async (_what, target, status) => {
    expect(await connectTo(target)).toBe(status);
  });
});
