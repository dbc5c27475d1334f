import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';

/** What of ssh2's protocol its typings do not tell. */
interface ProtocolInside {
  /** Set while keys are exchanged. */
  readonly _kexinit: unknown;
  readonly _cipher: { encrypt(packet: Buffer): void };
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(bytes: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
}

/** SSH_MSG_IGNORE with an empty text (RFC 4253, 11.2). */
const IGNORE = Buffer.from([2, 0, 0, 0, 0]);

/**
 * Answers whatever comes through `socket` and gets no answer, at once, with a packet that means nothing.
 *
 * OpenSSH's sshd turns Nagle's algorithm off once a connection runs a program (`ssh_packet_set_interactive`): not during
 * a login, and never for one that only forwards. There each small packet waits until the one before it is acknowledged,
 * and our kernel puts that off for 40 ms in the hope of data to send along. A plan through a jump host met this four
 * times. Node cannot ask for quick acknowledgements (TCP_QUICKACK, tcp(7)); ssh2 has no public way to send this packet.
 */
export function acknowledgePromptly(client: Client, socket: Duplex, written: () => number): void {
  let isDue = false;
  socket.on('data', () => {
    if (isDue) return;
    isDue = true;
    const before = written();
    setImmediate(() => {
      isDue = false;
      if (written() === before && socket.writable) sendIgnore(client);
    });
  });
}

function sendIgnore(client: Client): void {
  // oxlint-disable no-underscore-dangle -- ssh2's own names
  const protocol = (client as unknown as { readonly _protocol?: ProtocolInside })._protocol;
  if (protocol === undefined || protocol._kexinit !== undefined) return;
  const { write } = protocol._packetRW;
  const packet = write.alloc(IGNORE.length);
  IGNORE.copy(packet, write.allocStart);
  protocol._cipher.encrypt(write.finalize(packet));
}
