import * as z from 'zod';
import { runStep } from '../core/step.js';
import { defineTask } from '../core/task.js';
import { readEntry } from './shared/file-entry.js';
import { replaceLink } from './shared/replace-link.js';
import { foreseeFile } from './shared/requirements.js';
import { pathSchema } from './shared/schemas.js';

const params = z
  .strictObject({
    path: pathSchema.describe('absolute path of the link'),
    target: z
      .string()
      .min(1)
      .max(4095)
      .refine((target) => !/[\p{Cc}\u2028\u2029\uFFFD]/u.test(target), 'must not hold control characters')
      .optional()
      .describe('where it points, absolute or relative to the directory of the link; need not exist'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent removes the link, never its target'),
  })
  .superRefine(({ state, target }, context) => {
    if (state === 'present' && target === undefined)
      context.addIssue({ code: 'custom', path: ['target'], message: 'says not where the link points' });
  });

/** A symbolic link. */
export default defineTask<z.output<typeof params>>({
  summary: 'A symbolic link points to a target',
  params,
  examples: [
    { path: '/etc/nginx/sites-enabled/wiki', target: '../sites-available/wiki' },
    { path: '/etc/nginx/sites-enabled/default', state: 'absent' },
  ],
  desired: ({ state, target }) => (state === 'absent' ? null : { target: target ?? null }),
  probe: async (host, { path }) => {
    const entry = await readEntry(host, path, ['link']);
    return entry === null ? null : { target: entry.target ?? null };
  },
  touches: ({ path }) => [`path:${path}`],
  foresight: foreseeFile,
  steps: ({ params: { path, target, state }, facts }) =>
    state === 'absent' ? [runStep(['rm', '-f', '--', path])] : replaceLink(path, target ?? '', facts),
});
