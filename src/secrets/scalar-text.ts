import type { SecretScalar } from '../yaml/secret-scalars.js';

/** What may be replaced to write another value: the value, the remark behind it, and a block's last line end. */
export interface Slot {
  readonly start: number;
  readonly end: number;
  /** With the spaces before it; empty where there is none. */
  readonly remark: string;
  readonly isFlow: boolean;
  readonly indent: number;
  /** Whether what is replaced ends with a line end, so that what replaces it has to. */
  readonly endsLine: boolean;
  /** Whether nothing follows, not even a line end. */
  readonly isLast: boolean;
}

/** The slot of a value in its text. */
export function slotOf(text: string, scalar: SecretScalar): Slot {
  const { start, end, isFlow, isBlock, indent } = scalar;
  if (isFlow) return { start, end, isFlow, indent, remark: '', endsLine: false, isLast: false };
  const lineEnd = endOfLine(text, isBlock ? start : end);
  const remark = (
    isBlock ? text.slice(start, lineEnd).replace(/^[|>][-+0-9]*/, '') : text.slice(end, lineEnd)
  ).trimEnd();
  const slotEnd = isBlock ? end : lineEnd;
  return {
    start,
    end: slotEnd,
    isFlow,
    indent,
    remark,
    endsLine: isBlock && text[end - 1] === '\n',
    isLast: slotEnd === text.length,
  };
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  if (at === -1) return text.length;
  return text[at - 1] === '\r' && at > from ? at - 1 : at;
}

/** Text that YAML takes as it stands behind a tag. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_./+=@%-]*$/;
/** Lines that a literal block holds unchanged: the first one says how far all are indented. */
const BLOCK = /^(?![ \t\n])[\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\n]*$/u;

/** A value as a person reads and writes it. */
export function openScalar(value: string, slot: Slot): string {
  if (!slot.isFlow && value.includes('\n') && BLOCK.test(value)) return block(value, slot);
  const word = PLAIN.test(value) ? value : JSON.stringify(value);
  return `${word}${slot.remark}${slot.endsLine ? '\n' : ''}`;
}

/** An age file. Where no block can be it is one text in quotes. */
export function armorScalar(armor: string, slot: Slot): string {
  return slot.isFlow ? JSON.stringify(armor.trimEnd()) : block(`${armor.trimEnd()}\n`, slot);
}

function block(value: string, { indent, remark, endsLine, isLast }: Slot): string {
  const body = value.replace(/\n$/, '');
  const chomp = value.endsWith('\n') ? (body === '' || body.endsWith('\n') ? '+' : '') : '-';
  const margin = ' '.repeat(Math.max(indent, 1));
  const lines = body.split('\n').map((line) => (line === '' ? '' : margin + line));
  // Of lines that are kept at the end each needs its own line end, the last one too.
  const needsEnd = endsLine || (isLast && chomp === '+');
  return `|${chomp}${remark}\n${lines.join('\n')}${needsEnd ? '\n' : ''}`;
}
