import { expect, test } from '@jest/globals';
import { HomelabError } from '../../../src/core/errors.js';
import { rolledBack } from '../../../src/engine/guard/guard-failure.js';

const PLACE = { host: 'm1', what: 'sshd' };
const BEFORE = 'm1 is as it was before. What was done there is told in /var/lib/homelab/changes.';

test.each<[what: string, cause: unknown, hint: string]>([
  [
    'what would mend it is told',
    new HomelabError({ code: 'transport/x', message: 'no', hint: 'Look at gate.' }),
    `${BEFORE} Look at gate.`,
  ],
  ['nothing is known that would', new HomelabError({ code: 'transport/x', message: 'no' }), BEFORE],
  ['there is no cause', undefined, BEFORE],
])('a change that was undone: %s', (_what, cause, hint) => {
  expect(rolledBack(PLACE, 'no', cause)).toMatchObject({
    code: 'guard/rolled-back',
    host: 'm1',
    message: 'the change of sshd was undone: no',
    hint,
  });
});
