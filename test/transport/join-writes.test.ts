import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { joinWrites } from '../../src/transport/join-writes.js';

function joined(): { socket: PassThrough; heard: string[]; written: () => number } {
  const socket = new PassThrough();
  const heard: string[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
  return { socket, heard, written: joinWrites(socket) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is written in one turn is sent as one piece, in its order', async () => {
  const { socket, heard, written } = joined();
  for (const part of ['a', 'b', 'c']) socket.write(Buffer.from(part));
  expect(written()).toBe(3);
  await turn();
  socket.write(Buffer.from('d'));
  await turn();
  expect(heard).toEqual(['abc', 'd']);
});

test('the end comes after what was written before it', async () => {
  const { socket, heard } = joined();
  const ended = new Promise((resolve) => socket.once('end', resolve));
  socket.write(Buffer.from('last'));
  socket.end();
  await ended;
  expect(heard).toEqual(['last']);
});

test('a socket that is gone is not written to', async () => {
  const { socket, heard } = joined();
  socket.write(Buffer.from('x'));
  socket.destroy();
  await turn();
  expect(heard).toEqual([]);
});
