import type { Duplex } from 'node:stream';

/**
 * Lets `socket` send at once, as one piece, what is written in one turn. ssh2 writes length, content and tag of each
 * packet apart: through a jump host each of these would become a packet, encrypted, sent and answered for, of its own.
 * @returns how often something was written so far
 */
export function joinWrites(socket: Duplex): () => number {
  const write = socket.write.bind(socket);
  const end = socket.end.bind(socket);
  let parts: Buffer[] = [];
  let count = 0;
  const flush = (): void => {
    const [first, ...others] = parts;
    parts = [];
    if (first === undefined || socket.destroyed) return;
    write(others.length === 0 ? first : Buffer.concat([first, ...others]));
  };
  // ssh2 passes bytes and nothing else, and does not look at the answer.
  socket.write = (chunk: Buffer): boolean => {
    if (parts.length === 0) process.nextTick(flush);
    parts.push(chunk);
    count += 1;
    return true;
  };
  socket.end = (): Duplex => {
    flush();
    return end();
  };
  return () => count;
}
