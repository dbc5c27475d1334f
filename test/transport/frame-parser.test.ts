import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { FrameParser, type FrameOutcome } from '../../src/transport/frame-parser.js';

const NONCE = 'a'.repeat(32);
const HELLO = 'b'.repeat(32);

interface Told {
  readonly before?: string | Buffer;
  readonly codes: string;
  readonly sizes?: string;
  readonly body?: string | Buffer;
  readonly nonce?: string;
}

function frame({ before = '', codes, sizes = '', body = '', nonce = NONCE }: Told): Buffer {
  const head = `\nHL1 ${nonce} ${codes}\n${sizes}\nHLB ${nonce}\n`;
  return Buffer.concat([
    Buffer.from(before),
    Buffer.from(head),
    Buffer.from(body),
    Buffer.from(`\nHLE ${nonce}\n`),
  ]);
}

function parse(
  bytes: Buffer,
  { sectionCount = 1, limitBytes = 1000, hello = undefined as string | undefined } = {},
) {
  const parser = new FrameParser({ nonce: NONCE, hello, sectionCount, limitBytes });
  return { parser, outcome: parser.push(bytes) };
}

function texts(outcome: FrameOutcome | undefined): unknown {
  if (outcome?.kind !== 'answer') return outcome?.kind;
  return outcome.results.map((result) => [result.code, result.stdout.toString(), result.stderr.toString()]);
}

describe('what a host answers', () => {
  const cases: [name: string, bytes: Buffer, sections: number, expected: unknown][] = [
    ['no output', frame({ codes: '1 0' }), 1, [[0, '', '']]],
    [
      'one file, so wc gives no total',
      frame({ codes: '1 0', sizes: '2 o1', body: 'hi' }),
      1,
      [[0, 'hi', '']],
    ],
    [
      'both streams of two sections, numbered from 7',
      frame({ codes: '7 0 3', sizes: '  2 o7\n  1 e7\n  3 o8\n  6 total', body: 'hiEyes' }),
      2,
      [
        [0, 'hi', 'E'],
        [3, 'yes', ''],
      ],
    ],
    [
      'a section that was not run',
      frame({ codes: '1 1 -' }),
      2,
      [
        [1, '', ''],
        [null, '', ''],
      ],
    ],
    ['bash, which says so', frame({ codes: 'b1 0' }), 1, [[0, '', '']]],
    ['a banner before it', frame({ before: 'Welcome!\n\n', codes: '1 0' }), 1, [[0, '', '']]],
    [
      'a frame with another nonce before it',
      frame({ before: frame({ codes: '1 9', nonce: 'c'.repeat(32) }), codes: '1 0' }),
      1,
      [[0, '', '']],
    ],
    [
      'a frame within the output',
      frame({
        codes: '1 0',
        sizes: '46 o1',
        body: frame({ codes: '1 5', nonce: 'd' }).subarray(0, 46).toString().padEnd(46),
      }),
      1,
      [[0, frame({ codes: '1 5', nonce: 'd' }).subarray(0, 46).toString().padEnd(46), '']],
    ],
    ['no private folder', frame({ codes: '0 -' }), 1, 'no-scratch'],
    ['fewer codes than sections', frame({ codes: '1 0' }), 2, 'garbled'],
    ['a code that is no number', frame({ codes: '1 0x1' }), 1, 'garbled'],
    [
      'a file of a section that was not asked for',
      frame({ codes: '1 0', sizes: '1 o2', body: 'x' }),
      1,
      'garbled',
    ],
    [
      'more bytes than were counted',
      frame({ codes: '1 0', sizes: '2 o1', body: 'hi there, I grew' }),
      1,
      'mismatch',
    ],
    ['fewer bytes than were counted', frame({ codes: '1 0', sizes: '90 o1', body: 'hi' }), 1, 'mismatch'],
  ];
  test.each(cases)('%s', (_name, bytes, sectionCount, expected) => {
    expect(texts(parse(bytes, { sectionCount }).outcome)).toEqual(expected);
  });

  test('output over the limit is marked as cut', () => {
    const { outcome } = parse(frame({ codes: '1 0', sizes: '5000 o1', body: 'x'.repeat(10) }), {
      limitBytes: 10,
    });
    expect(outcome).toMatchObject({
      kind: 'answer',
      results: [{ truncated: true, stdout: Buffer.from('xxxxxxxxxx') }],
    });
  });

  test('a header that never ends is given up', () => {
    const endless = Buffer.concat([Buffer.from(`\nHL1 ${NONCE} 1 0\n`), Buffer.alloc(9 << 20, 0x31)]);
    expect(parse(endless).outcome).toEqual({ kind: 'garbled' });
  });

  test('the hello counts as heard once its own nonce has come', () => {
    const { parser } = parse(Buffer.from(`HLH ${NONCE}\n\nHLH ${HELLO.slice(1)}\n`), { hello: HELLO });
    expect(parser.hasHello).toBe(false);
    parser.push(Buffer.from(`\nHLH ${HELLO}\n`));
    expect(parser.hasHello).toBe(true);
  });
});

test('any output, cut into any chunks, after any noise, comes out as it went in', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  // Noise that an attacker would choose: everything a frame has but the nonce.
  const noise = fc.oneof(
    bytes,
    fc.stringMatching(/^(\n|HL1 |HLB |HLE |HLH |a{31} |0|b){0,20}$/).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(noise, bytes, noise, fc.array(fc.integer({ min: 1, max: 60 })), (before, out, err, cuts) => {
      const sizes = `${out.length} o1\n${err.length} e1\n${out.length + err.length} total`;
      const whole = frame({
        before: Buffer.from(before),
        codes: '1 0',
        sizes,
        body: Buffer.concat([out, err]),
      });
      const parser = new FrameParser({ nonce: NONCE, hello: undefined, sectionCount: 1, limitBytes: 1000 });
      let outcome: FrameOutcome | undefined;
      let at = 0;
      for (const cut of [...cuts, whole.length]) {
        outcome ??= parser.push(whole.subarray(at, at + cut));
        at += cut;
      }
      expect(outcome).toEqual({
        kind: 'answer',
        results: [{ code: 0, stdout: Buffer.from(out), stderr: Buffer.from(err), truncated: false }],
      });
    }),
  );
});
