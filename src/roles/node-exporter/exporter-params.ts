import { isIP } from 'node:net';
import * as z from 'zod';
import { networkSchema } from '../shared/network-schema.js';
import { absolutePathSchema } from '../../core/path-schema.js';
import { TEXTFILES } from './exporter-system.js';

const collectorSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be the name of a collector, e.g. systemd');

/** What stays one word for systemd and for a shell: no blanks, quotes or backslashes. */
const wordSchema = z
  .string()
  .max(1000)
  .regex(/^[!#-&(-[\]-_a-~]*$/, 'must hold neither blanks nor quotes nor backslashes');

const settingSchema = z.union([wordSchema, z.number(), z.boolean()]);

/** What the role takes. */
export const exporterParams = z
  .strictObject({
    collectors: z
      .array(collectorSchema)
      .default([])
      .describe('collectors that are on besides the usual ones, e.g. systemd, processes'),
    without: z.array(collectorSchema).default([]).describe('usual collectors that are off, e.g. wifi, zfs'),
    settings: z
      .record(
        z
          .string()
          .regex(/^[a-z][a-z0-9]*(?:[.-][a-z0-9_]+)+$/, 'must be a flag without its dashes, e.g. log.level'),
        settingSchema,
      )
      .default({})
      .describe('further flags, e.g. collector.systemd.unit-include: (ssh|cron)[.]service'),
    textfile_directory: absolutePathSchema(1023)
      .refine((path) => wordSchema.safeParse(path).success, 'must hold neither blanks nor quotes')
      .default(TEXTFILES)
      .describe('folder whose *.prom files are served as well; made'),
    listen_address: z
      .string()
      .refine((address) => isIP(address) !== 0, 'must be an address of the host')
      .optional()
      .describe('address that it listens on; left out: all'),
    port: z.int().min(1).max(65_535).default(9100).describe('port that it listens on'),
    allow: z
      .array(networkSchema)
      .min(1)
      .optional()
      .describe('who may read the metrics, for the firewall of the host; left out: everybody'),
  })
  .superRefine(({ collectors, without, settings }, context) => {
    const complain = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    for (const [index, name] of without.entries())
      if (collectors.includes(name)) complain(['without', index], `${name} is to be on as well`);
    for (const flag of Object.keys(settings))
      if (['web.listen-address', 'collector.textfile.directory'].includes(flag))
        complain(['settings', flag], 'has a parameter of its own');
  });

export type ExporterParams = z.output<typeof exporterParams>;
