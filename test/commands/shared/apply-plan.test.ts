import { expect, test } from '@jest/globals';
import { applyPlan, type Planned } from '../../../src/commands/shared/run-command.js';
import type { Run } from '../../../src/engine/run.js';
import type { Recording } from '../../../src/commands/shared/recording.js';
import { host, run, task } from '../../report/fixtures.js';

const PENDING = host('web1', 'pending', { tasks: [task('Motd', { status: 'pending' })] });

test.each([
  [2, [PENDING]],
  [1, [PENDING, host('nas', 'unreachable')]],
])('a plan that nobody wants ends with %i, as it is', async (exitCode, hosts) => {
  const plan = run('provision', hosts, { exitCode });
  const shown: unknown[] = [];
  const report = {
    sink: () => undefined,
    showPlan: async (one: unknown) => void shown.push(one),
    pauseFor: <T>() => Promise.resolve(false as T),
    finish: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const planned: Planned = { plan, report, run: {} as Run, recording: {} as Recording };
  expect(await applyPlan(planned, { isAgreed: false, question: (count) => count })).toBe(plan);
  expect(shown).toEqual([plan]);
});
