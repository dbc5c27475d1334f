import { expect, test } from '@jest/globals';
import { mailFailure } from '../../src/notify/mail-failure.js';

test.each<readonly [string, object, string, boolean]>([
  ['a wait that was too long', { code: 'ETIMEDOUT', command: 'CONN' }, 'it did not answer in time', true],
  ['a conversation that was too long', { code: 'EABORT' }, 'it did not answer in time', true],
  [
    'a certificate of nobody known',
    { code: 'ESOCKET', originalCode: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    'its certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    false,
  ],
  ['no such name', { code: 'EDNS', originalCode: 'ENOTFOUND' }, 'it could not be reached (ENOTFOUND)', true],
  ['STARTTLS, not now', { code: 'ETLS', responseCode: 454 }, 'TLS could not be begun (454)', true],
  ['a login, not now', { code: 'EAUTH', responseCode: 454 }, 'it refused the login (454)', true],
  ['a login', { code: 'EAUTH', responseCode: 535 }, 'it refused the login (535)', false],
  ['greylisting', { code: 'EENVELOPE', responseCode: 450 }, 'it answered with 450', true],
  ['an address', { code: 'EENVELOPE', responseCode: 550 }, 'it answered with 550', false],
  ['a code that says more', { code: 'x S3CRET' }, 'it could not be reached', true],
  ['nothing', {}, 'it could not be reached', true],
])('%s', (_name, thrown, said, isPassing) => {
  expect(mailFailure({ ...thrown, message: 'S3CRET' })).toEqual({ said, isPassing });
});
