import { expect, test } from '@jest/globals';
import { digestNotes } from '../../../src/commands/shared/unattended-checks.js';
import { notifySchema } from '../../../src/inventory/notify-schema.js';

test.each<readonly [string, unknown, number]>([
  ['nobody is told', undefined, 0],
  ['nobody waits for one', { command: ['true'] }, 0],
  ['one target does', { command: ['true'], digest: '08:00' }, 1],
  ['one of several does', [{ command: ['true'] }, { command: ['cat'], digest: '08:00' }], 1],
])('of a digest that is not sent where %s', (_name, written, count) => {
  const notify = written === undefined ? undefined : notifySchema.parse(written);
  expect(digestNotes({ notify })).toHaveLength(count);
});
