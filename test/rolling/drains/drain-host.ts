import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyDrain, DrainHost } from '../../../src/core/drain.js';
import { createDrainRegistry } from '../../../src/core/drain-registry.js';
import { FACT_EXAMPLES, type Facts } from '../../../src/core/facts.js';
import { quote } from '../../../src/core/quote.js';
import type { RemoteShell } from '../../../src/core/shell.js';
import { localShell } from '../../transport/local-shell.js';

export interface HostSketch {
  readonly facts?: Facts;
  readonly work?: DrainHost['work'];
  /** Where programs are looked for; default: as this machine does. */
  readonly path?: string;
  /** Told of every pause; none of them takes time. */
  readonly onPause?: (milliseconds: number) => void;
}

const shells: RemoteShell[] = [];

/** Ends all shells that {@link drainHost} made. */
export async function closeHosts(): Promise<void> {
  for (const shell of shells.splice(0)) await shell.close();
}

/** This machine as a host to drain, behind a real shell. Every script that it is given is in `scripts`. */
export function drainHost(sketch: HostSketch = {}): DrainHost & { readonly scripts: string[] } {
  const real = localShell(['sh']);
  shells.push(real);
  const scripts: string[] = [];
  const prefix = sketch.path === undefined ? '' : `PATH=${quote(sketch.path)}\n`;
  const shell: RemoteShell = {
    get roundTrips() {
      return real.roundTrips;
    },
    run: (sections, options) => {
      scripts.push(...sections.map(({ script }) => script));
      return real.run(
        sections.map((one) => ({ ...one, script: `${prefix}${one.script}` })),
        options,
      );
    },
    read: (reader, key) => real.read(reader, key),
    close: () => real.close(),
  };
  return {
    name: 'box',
    facts: sketch.facts ?? FACT_EXAMPLES,
    shell,
    work: sketch.work ?? { packages: [], reboot: 'no' },
    signal: new AbortController().signal,
    pause: (milliseconds) => {
      sketch.onPause?.(milliseconds);
      return Promise.resolve();
    },
    scripts,
  };
}

/** What came to a server. */
export interface SeenRequest {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined: none. */
  readonly body: unknown;
}

export interface StandInAnswer {
  readonly status?: number;
  /** The text of an error goes as it is, all else as JSON. */
  readonly body: unknown;
}

/** A small HTTP server of this process that stands in for a service. */
export interface StandIn {
  readonly base: string;
  readonly requests: SeenRequest[];
  /** Requests but reads, as `PUT /path`, with their bodies. */
  changes(): readonly (readonly [string, unknown])[];
  close(): Promise<void>;
}

/** @param socket a path to listen on instead of a port */
export async function startStandIn(
  answer: (request: SeenRequest) => StandInAnswer | undefined,
  socket?: string,
): Promise<StandIn> {
  const requests: SeenRequest[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      requests.push(request);
      const { status = 200, body } = answer(request) ?? { status: 404, body: `no ${request.path}` };
      outgoing.statusCode = status;
      outgoing.end(typeof body === 'string' && status >= 400 ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => {
    if (socket === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(socket, resolve);
  });
  const address = server.address() as AddressInfo | string;
  return {
    base: typeof address === 'string' ? address : `http://127.0.0.1:${address.port}`,
    requests,
    changes: () =>
      requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path, body }) => [`${method} ${path}`, body] as const),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An adapter with its parameters; what it found has been through a journal. */
export async function adapterWith(name: string, written: unknown) {
  const drain: AnyDrain = await createDrainRegistry().load(name);
  const params = drain.params.parse(written);
  return {
    find: async (host: DrainHost): Promise<Readonly<Record<string, unknown>>> =>
      drain.found.parse(JSON.parse(JSON.stringify(await drain.find(host, params)))) as Readonly<
        Record<string, unknown>
      >,
    refuses: (host: DrainHost, found: unknown) => drain.refuses?.(host, params, found),
    isLeader: (found: unknown) => drain.isLeader?.(found),
    describe: (found: unknown) => drain.describe(found),
    drain: (host: DrainHost, found: unknown) => drain.drain(host, params, found),
    undrain: (host: DrainHost, found: unknown) => drain.undrain(host, params, found),
    pending: (host: DrainHost, found: unknown) => drain.pending(host, params, found),
  };
}

/** A program in `folder` that the shell finds there. */
export function putProgram(folder: string, name: string, text: string): void {
  writeFileSync(`${folder}/${name}`, text);
  chmodSync(`${folder}/${name}`, 0o755);
}

/** Links to programs of this machine, for a path that has no others. */
export function linkPrograms(folder: string, paths: readonly string[]): void {
  for (const path of paths) symlinkSync(path, `${folder}/${path.split('/').at(-1)}`);
}
