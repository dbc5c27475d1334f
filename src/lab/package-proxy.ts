import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { isImmutable, PackageCache } from './package-cache.js';
import { guardedLookup, isForbiddenLiteral } from './proxy-destination.js';

/** Headers that belong to one connection, not to the message (RFC 9110 section 7.6.1). */
const HOP_HEADERS = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'transfer-encoding',
];

export interface OutsideOptions {
  readonly cacheFolder: string;
  /** Host names that may mean nearby addresses: this computer's own mirrors. */
  readonly trusted: readonly string[];
}

/** The half of the proxy that has a way out: an HTTP proxy (RFC 9110, GET and CONNECT) that keeps packages. */
export function createOutsideProxy({ cacheFolder, trusted }: OutsideOptions): Server {
  const guard = guardedLookup(trusted);
  const isAllowed = (hostname: string) => trusted.includes(hostname) || !isForbiddenLiteral(hostname);
  const fetch = (url: URL, from?: IncomingMessage): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { ...(from && endToEnd(from)), host: url.host };
      const outgoing = request(url, { method: from?.method ?? 'GET', headers, lookup: guard }, resolve);
      outgoing.on('error', reject).end();
    });
  const cache = new PackageCache(cacheFolder, (url) => fetch(url));

  const server = createServer((incoming, response) => {
    const url = URL.canParse(incoming.url ?? '') ? new URL(incoming.url ?? '') : undefined;
    const isRead = incoming.method === 'GET' || incoming.method === 'HEAD';
    if (url?.protocol !== 'http:' || !isRead) return refuse(response, 400, 'Only GET of http:// addresses');
    if (!isAllowed(url.hostname)) return refuse(response, 403, 'The lab must not reach machines nearby');
    const answered =
      incoming.method === 'GET' && isImmutable(url)
        ? cache.answer(url, response)
        : fetch(url, incoming).then((answer) => relay(answer, response));
    answered.catch((error: unknown) => refuse(response, 502, String(error)));
  });
  server.on('connect', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    const url = URL.canParse(`tcp://${incoming.url}`) ? new URL(`tcp://${incoming.url}`) : undefined;
    if (!url || !isAllowed(url.hostname)) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const port = Number(url.port || 443);
    const far = connect({ host: url.hostname, port, lookup: guard, allowHalfOpen: true }, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      join(client, far);
    });
    far.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    client.on('error', () => far.destroy());
  });
  return server;
}

/** The half inside the lab: every connection is carried to the unix socket of the other half. */
export function createInsideRelay(socketPath: string) {
  return createTcpServer({ allowHalfOpen: true }, (client) => {
    const outside = connect({ path: socketPath, allowHalfOpen: true });
    join(client, outside);
  });
}

function join(one: Socket, other: Socket): void {
  one.pipe(other);
  other.pipe(one);
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroy());
}

async function relay(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, endToEnd(answer));
  await pipeline(answer, response);
}

function endToEnd({ headers }: IncomingMessage) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.includes(name)));
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'content-type': 'text/plain' }).end(`${reason}\n`);
}
