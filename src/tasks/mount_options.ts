import * as z from 'zod';
import type { MaybeState, State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { mounts, type Mount } from '../probes/mounts.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import {
  flagsAtBoot,
  flagsOfMount,
  MOUNT_FLAGS,
  withFlags,
  type BootTexts,
  type MountFlag,
} from './shared/mount-flags.js';
import { textOf } from './shared/managed-file.js';
import { VALIDATE_FSTAB } from './shared/mount-steps.js';
import { mountUnit } from './shared/mount-unit.js';
import { pathSchema } from './shared/schemas.js';

const FSTAB = '/etc/fstab';

/** Without these the machine does not work: sudo, devices, the scripts of packages in /var/lib/dpkg. */
const NEEDED: readonly {
  readonly path: RegExp;
  readonly flags: readonly MountFlag[];
  readonly why: string;
}[] = [
  { path: /^\/(?:usr|nix|nix\/store)?$/, flags: MOUNT_FLAGS, why: 'holds the system itself' },
  { path: /^\/dev$/, flags: ['nodev'], why: 'holds the devices' },
  {
    path: /^\/var(?:\/lib(?:\/dpkg)?)?$/,
    flags: ['noexec'],
    why: 'holds the scripts of packages, which have to run',
  },
];

const params = z
  .strictObject({
    path: pathSchema.describe('mount point; where nothing is mounted of its own, nothing is asked'),
    options: z
      .array(z.enum(MOUNT_FLAGS))
      .min(1)
      .transform((options) => MOUNT_FLAGS.filter((flag) => options.includes(flag)))
      .describe('what the mount is to forbid, besides what it forbids already'),
  })
  .superRefine(({ path, options }, context) => {
    const needed = NEEDED.find(
      (one) => one.path.test(path) && options.some((flag) => one.flags.includes(flag)),
    );
    if (needed !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['path'],
        message: `${needed.why}: ${needed.flags.join(', ')} must not be there`,
      });
  });

type OptionsParams = z.output<typeof params>;

function unitFile({ path }: OptionsParams): string {
  return `/etc/systemd/system/${mountUnit(path) ?? '-.mount'}`;
}

async function probe(host: ReadableHost, wanted: OptionsParams): Promise<MaybeState> {
  const [table, fstab, unit] = await Promise.all([
    host.read(mounts, ''),
    readTextFile(host, FSTAB),
    host.facts.init === 'systemd' ? readTextFile(host, unitFile(wanted)) : null,
  ]);
  const mount = table.findLast(({ path }) => path === wanted.path);
  if (mount === undefined || mount.type === 'autofs') return desired(wanted);
  const texts = { fstab: fstab?.content.text ?? '', unit: unit?.content.text };
  const atBoot = flagsAtBoot(mount, texts, wanted.options);
  // Something else brings it (ZFS, a container's host): what is changed here would not last.
  if (atBoot === undefined) return desired(wanted);
  return {
    ...(unit ?? fstab),
    now: flagsOfMount(mount, wanted.options),
    at_boot: atBoot,
    ...edited(mount, texts, wanted.options),
    found: mount.options.join(','),
    source: mount.source,
  };
}

/** What is to be written, worked out while the mount is at hand. */
function edited(mount: Mount, texts: BootTexts, flags: readonly MountFlag[]): State {
  const { fstab, unit } = withFlags(mount, texts, flags);
  return { is_unit: unit !== undefined, text: unit ?? fstab };
}

function desired({ options }: OptionsParams): State {
  return { now: options.join(','), at_boot: options.join(',') };
}

/**
 * At boot first: what is not written is not promised. The options that it has are named again, since busybox forgets them;
 * with both source and path, mount(8) does not mix in what fstab says.
 */
function steps({ params: wanted, facts, before, changed }: StepContext<OptionsParams>): Step[] {
  const isUnit = before?.['is_unit'] === true;
  const options = [textOf(before, 'found'), ...wanted.options].join(',');
  return [
    ...(changed('at_boot')
      ? [
          writeText(
            isUnit ? unitFile(wanted) : FSTAB,
            textOf(before, 'text') ?? foundText(before),
            before,
            isUnit ? {} : { validate: VALIDATE_FSTAB },
          ),
          ...(facts.init === 'systemd' ? [runStep(['systemctl', 'daemon-reload'])] : []),
        ]
      : []),
    ...(changed('now')
      ? [
          runStep([
            'mount',
            '-o',
            `remount,bind,${options}`,
            '--',
            textOf(before, 'source') ?? 'none',
            wanted.path,
          ]),
        ]
      : []),
  ];
}

/** Options of a mount that others keep: of fstab, of a unit in /etc/systemd/system, or of what systemd mounts by itself. */
export default defineTask<OptionsParams>({
  summary: 'What is mounted at a path has these options too, now and at boot',
  params,
  examples: [
    { path: '/dev/shm', options: ['nodev', 'nosuid', 'noexec'] },
    { path: '/tmp', options: ['nodev', 'nosuid'] },
  ],
  desired,
  probe,
  touches: (wanted) => [`path:${FSTAB}`, `path:${unitFile(wanted)}`, `path:${wanted.path}`],
  foresight: ({ path }) => ({
    makes: [],
    hingesOn: { things: [`path:${path}`], why: 'what is mounted there shows then' },
  }),
  steps,
});
