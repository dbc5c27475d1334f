import type { Mount } from '../../probes/mounts.js';
import { fstabEntriesOf, putFstabEntry } from './fstab.js';
import { editSetting } from './setting-edit.js';

/** What a mount may forbid, mount(8), in the order in which it is written. */
export const MOUNT_FLAGS = ['nosuid', 'nodev', 'noexec'] as const;

export type MountFlag = (typeof MOUNT_FLAGS)[number];

/** The texts that say how something is mounted at boot. */
export interface BootTexts {
  readonly fstab: string;
  /** An administrator's own unit for the path, which wins over fstab; undefined where there is none. */
  readonly unit: string | undefined;
}

/** The flags of `wanted` that options have in the end: a later `exec` takes `noexec` away. */
function flagsIn(options: readonly string[], wanted: readonly MountFlag[]): MountFlag[] {
  return wanted.filter(
    (flag) => options.findLast((one) => one === flag || one === flag.slice('no'.length)) === flag,
  );
}

/** The flags of `wanted` that a mount has, with commas between them. */
export function flagsOfMount({ options }: Mount, wanted: readonly MountFlag[]): string {
  return flagsIn(options, wanted).join(',');
}

/**
 * The flags of `wanted` that the mount gets at boot, with commas between them; undefined where nothing that is known
 * mounts it: then there is no place to write them. A file system in memory can have a line of fstab of its own.
 */
export function flagsAtBoot(
  mount: Mount,
  { fstab, unit }: BootTexts,
  wanted: readonly MountFlag[],
): string | undefined {
  if (unit !== undefined) return flagsIn(optionsOfUnit(unit).split(','), wanted).join(',');
  const entry = fstabEntriesOf(fstab, mount.path).at(-1);
  if (entry !== undefined) return flagsIn(entry.options.split(','), wanted).join(',');
  return mount.type === 'tmpfs' ? '' : undefined;
}

/** The texts with `wanted` in them. Every other option stays. */
export function withFlags(mount: Mount, texts: BootTexts, wanted: readonly MountFlag[]): BootTexts {
  if (texts.unit !== undefined) {
    const value = added(optionsOfUnit(texts.unit), wanted);
    return { ...texts, unit: editSetting(texts.unit, { ...UNIT_OPTIONS, value, separator: undefined }).text };
  }
  const entry = fstabEntriesOf(texts.fstab, mount.path).at(-1) ?? newEntry(mount);
  return { ...texts, fstab: putFstabEntry(texts.fstab, { ...entry, options: added(entry.options, wanted) }) };
}

const UNIT_OPTIONS = { format: 'ini', section: 'Mount', key: 'Options', isSsh: false } as const;

function optionsOfUnit(text: string): string {
  return editSetting(text, { ...UNIT_OPTIONS, value: undefined, separator: undefined }).found ?? '';
}

function added(options: string, wanted: readonly MountFlag[]): string {
  const undone = wanted.map((flag): string => flag.slice('no'.length));
  const kept = options.split(',').filter((option) => option !== '' && !undone.includes(option));
  return [...kept, ...wanted.filter((flag) => !kept.includes(flag))].join(',');
}

/** What has no line yet is as it is now; its size is the kernel's own choice, which goes with the memory. */
function newEntry({ path, type, source, options, superOptions }: Mount): Parameters<typeof putFstabEntry>[1] {
  const flags = options.filter((option) => MOUNT_FLAGS.some((flag) => flag === option));
  const mode = superOptions.filter((option) => option.startsWith('mode='));
  return { source, path, type, options: [...mode, ...flags].join(','), dump: 0, pass: 0 };
}
