import { expect, test } from '@jest/globals';
import { HomelabError } from '../../../src/core/errors.js';
import { notRebooted, notWell } from '../../../src/rolling/run/upgrade-failures.js';

test('the first line says what is away', () => {
  const { message, hint } = notWell('nas', [
    { name: 'dns/vip', host: undefined, state: 'down', said: 'no answer' },
    { name: 'web1/http', host: 'web1', state: 'unseen', said: undefined },
  ]);
  expect(message.split('\n')).toEqual([
    'dns/vip is down: no answer',
    'web1/http is unseen',
    'Before nas is touched everything has to be up',
  ]);
  expect(hint).toContain('--accept-outage dns/vip');
});

test('of a host that is not back the flags of an upgrade are told, and nothing else is changed', () => {
  const gone = new HomelabError({
    code: 'engine/reboot-not-back',
    message: 'is not back',
    hint: '`returns`',
  });
  expect(notRebooted('nas', gone)).toMatchObject({
    code: 'engine/reboot-not-back',
    message: 'is not back',
    hint: expect.stringMatching(/--resume.*--reboot-timeout/),
  });
  const other = new HomelabError({ code: 'engine/reboot-refused', message: 'no' });
  expect(notRebooted('nas', other)).toBe(other);
});
