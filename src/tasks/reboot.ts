import * as z from 'zod';
import type { MaybeState } from '../core/state.js';
import { defineTask, type ReadableHost } from '../core/task.js';
import { rebootMarks } from '../probes/reboot-marks.js';
import { rebootReason } from '../probes/reboot-reason.js';

const params = z.strictObject({
  when: z
    .enum(['needed', 'always'])
    .default('needed')
    .describe(
      'needed: where the system asks for it, or a newer kernel is installed than runs; always: only in an action, or with `when: { changed: ID }`',
    ),
  timeout: z
    .int()
    .min(1)
    .max(86_400)
    .default(600)
    .describe('seconds for going down and coming back together'),
  returns: z
    .boolean()
    .default(true)
    .describe('false: it may stay away; the host takes no further part in the run'),
});

type RebootParams = z.output<typeof params>;

const DONE = 'done';

async function probe(host: ReadableHost, { when }: RebootParams): Promise<MaybeState> {
  const marks = await host.read(rebootMarks, '');
  return { reboot: when === 'always' ? DONE : (rebootReason(marks) ?? DONE) };
}

/** A new boot, proven by its boot id. May alter anything, so everything after it is looked at again. */
export default defineTask<RebootParams>({
  summary: 'The machine runs what is installed: it has been rebooted where that was needed',
  params,
  examples: [{}, { when: 'needed', timeout: 900 }, { when: 'always' }, { when: 'always', returns: false }],
  desired: () => ({ reboot: DONE }),
  probe,
  steps: ({ params: { timeout, returns } }) => [
    { do: 'reboot', timeoutMs: timeout * 1000, isReturnExpected: returns },
  ],
  foresight: ({ when }, before) => ({
    hingesOn:
      when === 'needed' && before?.['reboot'] === DONE
        ? { things: ['packages:installed'], why: 'whether it is needed shows then' }
        : undefined,
  }),
  isAction: ({ when }) => when === 'always',
  isDoneByBoot: () => true,
});
