import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP server on loopback that keeps what it was sent. */
export class HttpReceiver {
  readonly requests: ReceivedRequest[] = [];
  /** Statuses of the next answers; 0: the connection is cut. Then 200. */
  readonly statuses: number[] = [];
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      this.requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      const status = this.statuses.shift() ?? 200;
      if (status === 0) request.socket.destroy();
      else response.writeHead(status, { location: '/elsewhere' }).end('TOKEN-IN-ANSWER');
    });
  });

  /** Its address, without a slash at the end. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  forget(): void {
    this.requests.length = 0;
    this.statuses.length = 0;
  }

  close(): void {
    this.#server.close();
  }
}
