import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { RecordType } from '../../core/dns-records.js';
import { down, UP, wordsOf, type Sight } from './sight.js';
import { dnsQuery, readDnsAnswer } from './dns-message.js';

const DNS_PORT = 53;

/** What is asked of whom. */
export interface DnsQuestion {
  readonly name: string;
  /** Undefined: an address of either sort. */
  readonly type: string | undefined;
  /** An address. */
  readonly server: string;
  readonly port?: number | undefined;
}

/** Asks a server over UDP, one datagram for each sort of record. Up: one of the answers has records. */
export async function askDns(question: DnsQuestion, signal: AbortSignal): Promise<Sight> {
  const types = (question.type === undefined ? ['A', 'AAAA'] : [question.type]) as readonly RecordType[];
  const none = new AbortController();
  const asks = types.map(async (type): Promise<Sight> => {
    const sight = await askOne(question, type, AbortSignal.any([signal, none.signal]));
    if (!sight.isUp) throw new Error(sight.said);
    return sight;
  });
  try {
    return await Promise.any(asks);
  } catch (thrown) {
    const [first] = (thrown as AggregateError).errors as readonly Error[];
    return down(first?.message ?? 'no answer');
  } finally {
    // A server that knows one sort may never answer for the other.
    none.abort();
  }
}

function askOne({ name, server, port }: DnsQuestion, type: RecordType, signal: AbortSignal): Promise<Sight> {
  const query = dnsQuery(randomInt(0x1_0000), name, type);
  if (query === undefined) return Promise.resolve(down('is no name of DNS'));
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4');
    const settle = (sight: Sight): void => {
      signal.removeEventListener('abort', giveUp);
      resolve(sight);
      socket.close();
    };
    const finish = once(settle);
    const giveUp = (): void => finish(down('no answer'));
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    socket.on('error', (error) => finish(down(wordsOf(error))));
    socket.on('message', (message) => {
      const answer = readDnsAnswer(query, message);
      if (answer.is !== 'strange') finish(answer.is === 'found' ? UP : down(answer.said));
    });
    // Connected, so that a port that nobody listens at says so, and nobody else can answer.
    socket.connect(port ?? DNS_PORT, server, () => socket.send(query, () => undefined));
  });
}

function once(act: (sight: Sight) => void): (sight: Sight) => void {
  let isDone = false;
  return (sight) => {
    if (isDone) return;
    isDone = true;
    act(sight);
  };
}
