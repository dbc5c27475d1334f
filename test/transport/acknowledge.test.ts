import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { Client } from 'ssh2';
import { acknowledgePromptly } from '../../src/transport/acknowledge.js';

/** A client that notes what it would encrypt; `kexinit`: keys are being exchanged. */
function connection(kexinit?: Buffer) {
  const sent: Buffer[] = [];
  const state = { written: 0 };
  const protocol = {
    _kexinit: kexinit,
    _cipher: { encrypt: (packet: Buffer) => void sent.push(packet) },
    _packetRW: {
      write: { allocStart: 5, alloc: (bytes: number) => Buffer.alloc(5 + bytes), finalize: (b: Buffer) => b },
    },
  };
  const socket = new PassThrough();
  acknowledgePromptly({ _protocol: protocol } as unknown as Client, socket, () => state.written);
  return { socket, sent, state };
}
/** A turn of the event loop begins with its timers; what a stream was given is there by the second. */
async function turn(): Promise<void> {
  for (let count = 0; count < 3; count++) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('what is not answered is acknowledged by a packet to be ignored, once a turn', async () => {
  const { socket, sent } = connection();
  socket.write('one');
  socket.write('two');
  await turn();
  expect(sent.map((packet) => packet.subarray(5))).toEqual([Buffer.from([2, 0, 0, 0, 0])]);
  socket.write('three');
  await turn();
  expect(sent).toHaveLength(2);
});

test('an answer is acknowledgement enough', async () => {
  const { socket, sent, state } = connection();
  socket.on('data', () => (state.written += 1));
  socket.write('one');
  await turn();
  expect(sent).toEqual([]);
});

test('while keys are exchanged nothing comes between', async () => {
  const { socket, sent } = connection(Buffer.from('kex'));
  socket.write('one');
  await turn();
  expect(sent).toEqual([]);
});

test('a socket that is closing is left alone', async () => {
  const { socket, sent } = connection();
  socket.write('one');
  socket.end();
  await turn();
  expect(sent).toEqual([]);
});
