import { RECORD_NUMBERS, type RecordType } from '../../core/dns-records.js';

const HEADER_BYTES = 12;
const CLASS_IN = 1;

/**
 * A question for the records of `type` of `name`, one datagram (RFC 1035 4.1). Undefined where DNS cannot hold the name: a
 * label is 1 to 63 bytes.
 */
export function dnsQuery(id: number, name: string, type: RecordType): Buffer | undefined {
  const labels = name
    .replace(/\.$/, '')
    .split('.')
    .map((label) => Buffer.from(label));
  if (labels.some(({ length }) => length < 1 || length > 63)) return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  // Recursion is desired, as by whoever uses a resolver; one question.
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  const end = Buffer.alloc(4);
  end.writeUInt16BE(RECORD_NUMBERS[type], 0);
  end.writeUInt16BE(CLASS_IN, 2);
  const words = labels.flatMap((label) => [Buffer.from([label.length]), label]);
  return Buffer.concat([header, ...words, Buffer.from([0]), end]);
}

/** What a datagram says to a question. */
export type DnsAnswer =
  | { readonly is: 'found' }
  /** What the server says instead, for people. */
  | { readonly is: 'none'; readonly said: string }
  /** It is no answer to this question. */
  | { readonly is: 'strange' };

/** RFC 1035 4.1.1. */
const RCODES: Readonly<Record<number, string>> = {
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
};

/** Whether `answer` has records for `query`. One that was cut, and so has none, counts: it said that there are some. */
export function readDnsAnswer(query: Buffer, answer: Buffer): DnsAnswer {
  if (answer.length < HEADER_BYTES || answer.readUInt16BE(0) !== query.readUInt16BE(0))
    return { is: 'strange' };
  const flags = answer.readUInt16BE(2);
  if (flags >> 15 !== 1) return { is: 'strange' };
  const rcode = flags & 0xf;
  if (rcode !== 0) return { is: 'none', said: RCODES[rcode] ?? `error ${rcode}` };
  const isCut = (flags & 0x0200) !== 0;
  return answer.readUInt16BE(6) > 0 || isCut ? { is: 'found' } : { is: 'none', said: 'no such record' };
}
