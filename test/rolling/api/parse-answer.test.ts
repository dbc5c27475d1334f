import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseAnswer } from '../../../src/rolling/api/parse-answer.js';

const parsed = (text: string) => {
  const answer = parseAnswer(Buffer.from(text, 'latin1'));
  return answer && [answer.status, answer.body.toString('latin1')];
};

describe('parseAnswer', () => {
  test.each<[string, string, unknown]>([
    ['an answer', 'HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody', [200, 'body']],
    ['no body', 'HTTP/1.1 404 Not Found\r\n\r\n', [404, '']],
    ['a body with an empty line', 'HTTP/1.0 500 x\r\n\r\na\r\n\r\nb', [500, 'a\r\n\r\nb']],
    ['after an informational one', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 x\r\n\r\n{}', [429, '{}']],
    ['no reason', 'HTTP/2 200 \r\nx: y\r\n\r\n1', [200, '1']],
    ['a head alone that is cut off', 'HTTP/1.1 200 OK\r\nA: b\r\n', undefined],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', undefined],
    ['a status that is none', 'HTTP/1.1 2000 x\r\n\r\n', undefined],
    ['nothing', '', undefined],
  ])('%s', (_name, text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  test('any bytes are an answer or none, and a body is kept byte by byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => parseAnswer(Buffer.from(bytes))).not.toThrow();
        const whole = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), bytes]);
        expect(parseAnswer(whole)?.body.equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });
});
