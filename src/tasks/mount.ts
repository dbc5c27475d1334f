import { HomelabError } from '../core/errors.js';
import type { MaybeState, State, Unknown } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { mountSources } from '../probes/mount-sources.js';
import { mounts, type Mount } from '../probes/mounts.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { dropFstabEntry, fstabLine, fstabLinesOf, putFstabEntry, type FstabEntry } from './shared/fstab.js';
import { flagsOf, foundFlags, isWantedMount, type WantedMount } from './shared/mount-match.js';
import { readMountMeans } from './shared/mount-helper.js';
import { mountSchema, type MountParams } from './shared/mount-params.js';
import {
  makeMountPoint,
  mountSource,
  remount,
  unmountPath,
  VALIDATE_FSTAB,
  type MountOrder,
} from './shared/mount-steps.js';
import { automountUnit } from './shared/mount-unit.js';

const FSTAB = '/etc/fstab';

function entryOf({ path, source = '', type = '', options, dump, pass }: MountParams): FstabEntry {
  return { source, path, type, options, dump, pass };
}

function wantedMount({ source = '', type = '', options }: MountParams): WantedMount {
  return { source, type, options: options.split(',') };
}

function describeMount({ source, type }: { readonly source: string; readonly type: string }): string {
  return `${source} (${type})`;
}

async function probe(host: ReadableHost, wanted: MountParams): Promise<MaybeState | Unknown> {
  const [fstab, table, { source, lacking }] = await Promise.all([
    readTextFile(host, FSTAB),
    host.read(mounts, ''),
    readMountMeans(host, wanted),
  ]);
  const mount = table.findLast(({ path }) => path === wanted.path);
  if (mount === undefined && lacking !== undefined) return lacking;
  if (mount === undefined && wanted.state === 'mounted') await refuseDetour(host, wanted.path);
  const isWanted =
    wanted.state === 'mounted' &&
    mount !== undefined &&
    isWantedMount(mount, wantedMount(wanted), { table, source });
  return {
    ...fstab,
    fstab: fstabLinesOf(fstab?.content.text ?? '', wanted.path),
    mounted: mount === undefined ? null : describeMount(isWanted ? entryOf(wanted) : mount),
    flags: mount === undefined ? null : flagsNow(mount, wanted),
  };
}

function flagsNow(mount: Mount, { options }: MountParams): string {
  const flags = flagsOf(options.split(','));
  // Of a folder that mounts when it is entered nothing is known before.
  return (mount.type === 'autofs' ? flags : foundFlags(mount, flags)).join(',');
}

/** The kernel's table has real paths only: one that leads through a link would be mounted again and again. */
async function refuseDetour(host: ReadableHost, path: string): Promise<void> {
  const found = await host.read(mountSources, path);
  if (found === null || found.path === path) return;
  throw new HomelabError({
    code: 'task/wrong-path',
    message: `${path} leads through a link to ${found.path}`,
    hint: `Name the mount point as it is: path: ${found.path}`,
  });
}

function desired(wanted: MountParams): State {
  if (wanted.state === 'absent') return { fstab: null, mounted: null };
  const fstab = fstabLine(entryOf(wanted));
  if (wanted.state === 'listed') return { fstab };
  if (wanted.state === 'unmounted') return { fstab, mounted: null };
  const flags = flagsOf(wanted.options.split(',')).join(',');
  return {
    fstab,
    mounted: describeMount(entryOf(wanted)),
    ...(flags === '' ? {} : { flags }),
  };
}

/**
 * What is to be mounted is mounted before fstab says so: an entry that does not work could keep the machine from
 * booting. What goes leaves the other way round, for the same reason.
 */
function steps(context: StepContext<MountParams>): Step[] {
  const { params: wanted, before, changed } = context;
  const order: MountOrder = { ...entryOf(wanted), ...wantedMount(wanted), timeoutSeconds: wanted.timeout };
  const automount = automountOf(context);
  const entry = entrySteps(context);
  const steps: Step[] = [];
  const isMountedLater = wanted.state === 'mounted' ? automount.isWanted : wanted.state !== 'absent';
  if (isMountedLater && entry.length > 0 && before?.['mounted'] === null)
    steps.push(makeMountPoint(wanted.path, wanted.timeout));
  if (wanted.state !== 'mounted') {
    steps.push(...entry);
    if (changed('mounted')) steps.push(...automount.stop, unmountPath(wanted.path, wanted.timeout));
    return steps;
  }
  if (automount.isWanted) {
    steps.push(...entry);
    if (changed('mounted')) steps.push(unmountPath(wanted.path, wanted.timeout), ...automount.start);
    return steps;
  }
  if (changed('mounted')) steps.push(mountSource(order));
  else if (changed('fstab') || changed('flags')) steps.push(remount(order));
  return [...steps, ...entry];
}

/** systemd mounts some folders when they are entered; that is a unit of its own. */
function automountOf({ params: wanted, facts }: StepContext<MountParams>): {
  readonly isWanted: boolean;
  readonly start: readonly Step[];
  readonly stop: readonly Step[];
} {
  const unit = facts.init === 'systemd' ? automountUnit(wanted.path) : undefined;
  if (unit === undefined) return { isWanted: false, start: [], stop: [] };
  return {
    isWanted: wanted.options.split(',').includes('x-systemd.automount'),
    start: [runStep(['systemctl', 'start', '--', unit])],
    // 5: there is no such unit.
    stop: [runStep(['systemctl', 'stop', '--', unit], { successCodes: [0, 5] })],
  };
}

function entrySteps({ params: wanted, facts, before, changed }: StepContext<MountParams>): Step[] {
  const text = foundText(before);
  const edited =
    wanted.state === 'absent' ? dropFstabEntry(text, wanted.path) : putFstabEntry(text, entryOf(wanted));
  if (!changed('fstab')) return [];
  return [
    writeText(FSTAB, edited, before, { validate: VALIDATE_FSTAB }),
    // systemd makes its units from it, and would otherwise still know the old ones.
    ...(facts.init === 'systemd' ? [runStep(['systemctl', 'daemon-reload'])] : []),
  ];
}

/** A file system in the tree, now and at boot. Nothing here looks at the mount itself, whose server may be dead. */
export default defineTask<MountParams>({
  summary: 'A file system is mounted, now and at boot',
  params: mountSchema,
  examples: [
    { path: '/srv/media', source: 'nas.lan:/export/media', type: 'nfs', options: 'ro,nofail,_netdev' },
    { path: '/data', source: 'UUID=0a1b2c3d-0000-4000-8000-000000000000', type: 'ext4', pass: 2 },
    { path: '/srv/www', source: '/data/www', type: 'none', options: ['bind', 'nosuid'] },
    {
      path: '/mnt/nas',
      source: 'nas.lan:/export',
      type: 'nfs4',
      options: '_netdev,nofail,x-systemd.automount',
      state: 'listed',
    },
    { path: '/mnt/old', state: 'absent' },
  ],
  desired,
  probe,
  touches: ({ path, source = '' }) => [
    `path:${path}`,
    `path:${FSTAB}`,
    ...(source.startsWith('/') ? [`path:${source}`] : []),
  ],
  steps,
});
