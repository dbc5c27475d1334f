import * as z from 'zod';
import { exportSchema } from './export-schema.js';

const versionSchema = z.enum(['3', '4.0', '4.1', '4.2']);

/** What the role takes. */
export const serverParams = z
  .strictObject({
    exports: z.array(exportSchema).default([]).describe('folders, and who may mount them'),
    versions: z
      .array(versionSchema)
      .min(1)
      .default(['4.1', '4.2'])
      .describe(
        'versions of NFS that are spoken. With 3, clients need ports 111, 2049, 4045, 20048 and 32765',
      ),
    threads: z.int().min(1).max(1024).default(8).describe('requests that are answered at the same time'),
    grace_seconds: z
      .int()
      .min(10)
      .max(90)
      .optional()
      .describe('how long after a start clients may claim their locks while others wait; left out: 90'),
    lease_seconds: z
      .int()
      .min(10)
      .max(90)
      .optional()
      .describe(
        'after how long a silent client loses its locks; not longer than `grace_seconds`; left out: 90',
      ),
    running: z
      .boolean()
      .default(true)
      .describe('false: the configuration is written and checked, and no server runs, e.g. in a container'),
  })
  .superRefine(({ exports, grace_seconds: grace = 90, lease_seconds: lease = 90 }, context) => {
    const paths = exports.map(({ path }) => path);
    for (const [index, path] of paths.entries())
      if (paths.indexOf(path) !== index)
        context.addIssue({
          code: 'custom',
          path: ['exports', index, 'path'],
          message: `${path} is there twice`,
        });
    if (lease > grace)
      context.addIssue({
        code: 'custom',
        path: ['lease_seconds'],
        message: 'is longer than the grace: a client that has still a lease would lose its locks',
      });
  });

export type ServerParams = z.output<typeof serverParams>;
