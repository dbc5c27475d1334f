import { expect, test } from '@jest/globals';
import { HomelabError, HomelabErrors } from '../../src/core/errors.js';
import { failuresText } from '../../src/report/failure-text.js';
import { errorDocument } from '../../src/report/json-document.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';

const source = { file: 'playbooks/site.yml', line: 7, column: 3 };
const errors = new HomelabErrors([
  new HomelabError({ code: 'role/no-server', message: 'no host exports it', hint: 'Name one.', source }),
  new HomelabError({ code: 'role/other', message: 'and another' }),
]);

test('of several mistakes of a host each is told', () => {
  const host = {
    host: 'nas',
    status: 'failed',
    durationMs: 1,
    roundTrips: 0,
    error: errors,
    tasks: [],
  } as const;
  expect(failuresText([host], PLAIN_PALETTE)).toBe(
    '! nas: no host exports it\n  at playbooks/site.yml:7\n  hint: Name one.\n! nas: and another\n',
  );
});

test('a program gets each of them as well', () => {
  expect(errorDocument(errors)).toMatchObject({
    message: '2 problems found',
    errors: [
      { code: 'role/no-server', message: 'no host exports it', hint: 'Name one.' },
      { code: 'role/other', message: 'and another', hint: null },
    ],
  });
});
