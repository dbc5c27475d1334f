import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what Linux gives to who asks for any port, ip(7) `ip_local_port_range`, so that no test that runs meanwhile is given it. */
const RANGE = [10_000, 32_000] as const;

/** A port of 127.0.0.1 that nobody listens on, and that stays so unless somebody asks for this very one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...RANGE);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
