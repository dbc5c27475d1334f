import { isIP } from 'node:net';
import * as z from 'zod';
import { absolutePathSchema } from '../../core/path-schema.js';

const serverSchema = z
  .string()
  .max(253)
  .refine(
    (name) => isIP(name) !== 0 || /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(name),
    'must be an address or a name of a server',
  );

/** Options that have a parameter of their own, or that the role decides about. */
const TYPED =
  /^(?:(?:nfs)?vers|proto|ro|rw|hard|soft|softerr|_netdev|(?:no)?fail|(?:no)?auto|x-systemd\.(?:automount|idle-timeout|mount-timeout)|defaults|remount|bind)(?:=|$)/;

const extraSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9_.-]*(?:=[A-Za-z0-9._:/@+-]+)?$/,
    'must be one option of nfs(5) or mount(8), e.g. noatime',
  )
  .refine((option) => !TYPED.test(option), 'has a parameter of its own');

const mountSchema = z
  .strictObject({
    path: absolutePathSchema(1023)
      .refine((path) => path !== '/', 'is everything')
      .describe('mount point'),
    server: serverSchema
      .optional()
      .describe('who has it: a host of the inventory (its address is used), another name, or an address'),
    export: absolutePathSchema(1023).optional().describe('the folder as the server exports it'),
    version: z.enum(['3', '4.0', '4.1', '4.2']).default('4.2').describe('version of NFS'),
    access: z.enum(['rw', 'ro']).default('rw').describe('read and write, or read alone'),
    hard: z
      .boolean()
      .default(true)
      .describe('wait for a server that is gone; false: give up, and programs may lose what they wrote'),
    automount: z
      .boolean()
      .optional()
      .describe(
        'mount it when somebody enters the folder. Left out: with systemd, where it is no container (which has no autofs)',
      ),
    idle_seconds: z
      .int()
      .min(10)
      .optional()
      .describe('with `automount`: unmount it when nobody used it so long'),
    extra: z.array(extraSchema).default([]).describe('further options of nfs(5) and mount(8), e.g. noatime'),
    state: z
      .enum(['mounted', 'listed', 'absent'])
      .default('mounted')
      .describe(
        'mounted, now and at boot; listed: from the next boot on, nothing is mounted now; absent: neither',
      ),
  })
  .superRefine(({ server, export: folder, state, automount, idle_seconds: idle }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (idle !== undefined && automount === false) complain('idle_seconds', 'goes with `automount`');
    if (state === 'absent') return;
    if (server === undefined) complain('server', 'is missing: who has it?');
    if (folder === undefined) complain('export', 'is missing: what of the server is mounted?');
  });

/** What the role takes. */
export const clientParams = z
  .strictObject({
    mounts: z.array(mountSchema).default([]).describe('folders of others that are mounted'),
  })
  .superRefine(({ mounts }, context) => {
    const paths = mounts.map(({ path }) => path);
    for (const [index, path] of paths.entries())
      if (paths.indexOf(path) !== index)
        context.addIssue({
          code: 'custom',
          path: ['mounts', index, 'path'],
          message: `${path} is there twice`,
        });
  });

export type ClientParams = z.output<typeof clientParams>;
export type NfsMount = z.output<typeof mountSchema>;
