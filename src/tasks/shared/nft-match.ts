import { addressNumber } from '../../core/networks.js';

/** Whether something holds for a packet; `maybe` where that cannot be told from here. */
export type Answer = 'yes' | 'no' | 'maybe';

/** A packet of a TCP connection as the host sees it. */
export interface Packet {
  readonly direction: 'in' | 'out';
  readonly family: 4 | 6;
  readonly source: string;
  readonly sourcePort: number;
  readonly target: string;
  readonly targetPort: number;
  /** The interface it comes in or goes out by; undefined: not known. */
  readonly interface: string | undefined;
  /** As conntrack calls it. */
  readonly state: 'new' | 'established';
}

/** What an expression is for a packet; `nothing`: it has no such field, so that a rule that asks for it never matches. */
type Value = { readonly is: string | number } | 'nothing' | 'unknown';

/** Elements of a named set of the table at hand; undefined where they are not known. */
export type LookUp = (name: string) => readonly unknown[] | undefined;

/** A `match` statement, libnftables-json(5). */
export function answerMatch(statement: unknown, packet: Packet, lookUp: LookUp): Answer {
  const { op, left, right } = asRecord(statement);
  const value = valueOf(left, packet);
  if (value === 'nothing') return 'no';
  if (value === 'unknown') return 'maybe';
  if (op === '==' || op === 'in') return isAmong(value.is, right, lookUp);
  if (op === '!=') return opposite(isAmong(value.is, right, lookUp));
  const limit = typeof right === 'number' && typeof value.is === 'number' ? value.is - right : undefined;
  if (limit === undefined) return 'maybe';
  const holds = { '<': limit < 0, '>': limit > 0, '<=': limit <= 0, '>=': limit >= 0 }[String(op)];
  return holds === undefined ? 'maybe' : holds ? 'yes' : 'no';
}

/** Whether the expression has one of these values for the packet. */
export function answerKey(key: unknown, element: unknown, packet: Packet, lookUp: LookUp): Answer {
  const value = valueOf(key, packet);
  if (value === 'nothing') return 'no';
  return value === 'unknown' ? 'maybe' : isAmong(value.is, element, lookUp);
}

function opposite(answer: Answer): Answer {
  if (answer === 'maybe') return 'maybe';
  return answer === 'yes' ? 'no' : 'yes';
}

function valueOf(expression: unknown, packet: Packet): Value {
  const { payload, meta, ct } = asRecord(expression);
  if (payload !== undefined) return payloadValue(asRecord(payload), packet);
  if (meta !== undefined) return metaValue(asRecord(meta)['key'], packet);
  if (ct !== undefined && asRecord(ct)['key'] === 'state') return { is: packet.state };
  return 'unknown';
}

function payloadValue(
  { protocol, field }: Readonly<Record<string, unknown>>,
  { family, source, sourcePort, target, targetPort }: Packet,
): Value {
  if (protocol === 'tcp' || protocol === 'th') {
    if (field === 'sport') return { is: sourcePort };
    return field === 'dport' ? { is: targetPort } : 'unknown';
  }
  if (protocol === 'ip' || protocol === 'ip6') {
    if (protocol !== (family === 4 ? 'ip' : 'ip6')) return 'nothing';
    if (field === 'saddr') return { is: source };
    if (field === 'daddr') return { is: target };
    return field === 'protocol' ? { is: 'tcp' } : 'unknown';
  }
  const others = ['udp', 'udplite', 'icmp', 'icmpv6', 'igmp', 'sctp', 'dccp', 'arp', 'ah', 'esp', 'gre'];
  return others.includes(String(protocol)) ? 'nothing' : 'unknown';
}

function metaValue(key: unknown, { direction, family, interface: device }: Packet): Value {
  if (key === 'l4proto') return { is: 'tcp' };
  if (key === 'nfproto') return { is: `ipv${family}` };
  if (key === 'protocol') return { is: family === 4 ? 'ip' : 'ip6' };
  const own = direction === 'in' ? ['iif', 'iifname'] : ['oif', 'oifname'];
  return own.includes(String(key)) && device !== undefined ? { is: device } : 'unknown';
}

/** Whether `value` is what the right side of a comparison says: one value, a prefix, a range, a list, a set. */
function isAmong(value: string | number, right: unknown, lookUp: LookUp): Answer {
  if (Array.isArray(right)) return anyOf(right.map((one) => isAmong(value, one, lookUp)));
  if (typeof right === 'string' && right.startsWith('@')) {
    const elements = lookUp(right.slice(1));
    return elements === undefined ? 'maybe' : isAmong(value, elements, lookUp);
  }
  if (typeof right === 'string' || typeof right === 'number') return isSame(value, right);
  const { set, prefix, range, elem } = asRecord(right);
  if (Array.isArray(set)) return isAmong(value, set, lookUp);
  if (elem !== undefined) return isAmong(value, asRecord(elem)['val'], lookUp);
  if (prefix !== undefined) return isInPrefix(value, asRecord(prefix));
  return Array.isArray(range) ? isBetween(value, range) : 'maybe';
}

function anyOf(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('maybe') ? 'maybe' : 'no';
}

function isSame(value: string | number, right: string | number): Answer {
  const [one, other] = [comparable(value), comparable(right)];
  if (typeof one === 'bigint' || typeof other === 'bigint') {
    if (typeof one !== typeof other) return 'maybe';
    return one === other ? 'yes' : 'no';
  }
  // The name of an interface may end in a star.
  const isMatched = other.endsWith('*') ? one.startsWith(other.slice(0, -1)) : one === other;
  return isMatched ? 'yes' : 'no';
}

function isInPrefix(value: string | number, { addr, len }: Readonly<Record<string, unknown>>): Answer {
  const [one, other] = [addressNumber(String(value)), addressNumber(String(addr))];
  if (one === undefined || other === undefined || typeof len !== 'number') return 'maybe';
  const bits = one.family === 4 ? 32 : 128;
  if (one.family !== other.family || len < 0 || len > bits) return 'no';
  return one.value >> BigInt(bits - len) === other.value >> BigInt(bits - len) ? 'yes' : 'no';
}

function isBetween(value: string | number, [low, high]: readonly unknown[]): Answer {
  const [one, first, last] = [value, low, high].map((end) =>
    typeof end === 'string' || typeof end === 'number' ? comparable(end) : undefined,
  );
  if (typeof one !== 'bigint' || typeof first !== 'bigint' || typeof last !== 'bigint') return 'maybe';
  return one >= first && one <= last ? 'yes' : 'no';
}

/** Numbers and addresses as numbers; anything else is a word. */
function comparable(value: string | number): bigint | string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : String(value);
  return addressNumber(value)?.value ?? value;
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
