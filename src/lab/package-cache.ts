import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const MAX_AGE_MS = 60 * 86_400_000;

/** Asks the archive for `url`; resolves with the answer's head. */
export type Fetch = (url: URL) => Promise<IncomingMessage>;

/** Whether what is behind `url` never changes: a package file, or an index named by its hash. */
export function isImmutable(url: URL): boolean {
  return /\.u?deb$/.test(url.pathname) || url.pathname.includes('/by-hash/');
}

/** The name that the body of `url` is kept under: unique, and telling what it is. */
export function cacheName(url: URL): string {
  const hash = createHash('sha256').update(url.href).digest('hex').slice(0, 32);
  return `${hash}-${basename(url.pathname)
    .replaceAll(/[^A-Za-z0-9.+_-]/g, '_')
    .slice(-100)}`;
}

/** Bodies of immutable addresses, kept in a folder between labs. What was not asked for in 60 days is dropped. */
export class PackageCache {
  readonly #folder: string;
  readonly #fetch: Fetch;
  readonly #running = new Map<string, Promise<number>>();

  constructor(folder: string, fetch: Fetch) {
    this.#folder = folder;
    this.#fetch = fetch;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (Date.now() - statSync(path).mtimeMs > MAX_AGE_MS) rmSync(path, { force: true });
    }
  }

  /** Answers with the body of `url`, fetching it once however many ask. Rejects where the archive does not answer. */
  async answer(url: URL, response: ServerResponse): Promise<void> {
    const path = join(this.#folder, cacheName(url));
    const status = existsSync(path) ? 200 : await this.#store(url, path);
    if (status !== 200) {
      response.writeHead(status).end();
      return;
    }
    response.writeHead(200, {
      'content-length': statSync(path).size,
      'content-type': 'application/octet-stream',
    });
    await pipeline(createReadStream(path), response);
  }

  #store(url: URL, path: string): Promise<number> {
    const running = this.#running.get(path) ?? this.#download(url, path);
    this.#running.set(path, running);
    return running.finally(() => this.#running.delete(path));
  }

  /** A body that was cut short is never given its final name. */
  async #download(url: URL, path: string): Promise<number> {
    const partial = `${path}.partial-${process.pid}`;
    // Opened before anything can fail, so that it exists by the time it is removed.
    const file = await open(partial, 'w');
    try {
      const answer = await this.#fetch(url);
      if (answer.statusCode !== 200) {
        answer.resume();
        return answer.statusCode ?? 502;
      }
      await pipeline(answer, file.createWriteStream());
      await rename(partial, path);
      return 200;
    } finally {
      await file.close();
      rmSync(partial, { force: true });
    }
  }
}
