import type { MountSource } from '../../probes/mount-sources.js';
import type { Mount } from '../../probes/mounts.js';

/** What is to be mounted. */
export interface WantedMount {
  readonly source: string;
  readonly type: string;
  /** Single options. */
  readonly options: readonly string[];
}

/** What has no source: the word in its place is a mere label. */
const WITHOUT_SOURCE = ['tmpfs', 'ramfs', 'proc', 'sysfs', 'devpts', 'devtmpfs', 'overlay', 'cgroup2'];
/** What the kernel calls a type that people write otherwise. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = { nfs: ['nfs4'], smb3: ['cifs'] };

/** Whether an option makes a mount a second view of a folder. */
export function isBind(options: readonly string[]): boolean {
  return options.some((option) => option === 'bind' || option === 'rbind');
}

/**
 * Whether `mount` is what is wanted, as far as the kernel's table tells: the source behind its names, and the type.
 * Options are another matter, {@link flagsOf}.
 */
export function isWantedMount(
  mount: Mount,
  wanted: WantedMount,
  { table, source }: { readonly table: readonly Mount[]; readonly source: MountSource | null },
): boolean {
  // The mount itself comes when somebody enters the folder.
  if (mount.type === 'autofs') return wanted.options.includes('x-systemd.automount');
  if (isBind(wanted.options)) return isViewOf(mount, source?.path ?? wanted.source, table);
  return hasType(mount.type, wanted.type) && hasSource(mount, wanted, source);
}

function hasType(found: string, wanted: string): boolean {
  const names = wanted.split(',');
  // Programs that bring a file system through FUSE choose its name themselves.
  if (wanted === 'auto' || names.includes(found) || found.startsWith('fuse')) return true;
  return names.some((name) => OTHER_NAMES[name]?.includes(found) === true);
}

function hasSource(mount: Mount, wanted: WantedMount, source: MountSource | null): boolean {
  if (WITHOUT_SOURCE.includes(mount.type)) return true;
  const isSameName = withoutSlash(mount.source) === withoutSlash(wanted.source);
  if (isSameName || mount.source === source?.path) return true;
  if (source?.device !== undefined && source.device === mount.device) return true;
  // `sshfs#user@host:` of old.
  return mount.type.startsWith('fuse') && wanted.source.endsWith(`#${mount.source}`);
}

function withoutSlash(text: string): string {
  return text.length > 1 ? text.replace(/\/+$/, '') : text;
}

/** A bind mount shows the same folder of the same file system as the mount that `folder` lies on. */
function isViewOf(mount: Mount, folder: string, table: readonly Mount[]): boolean {
  const below = table.filter(({ path }) => path === '/' || folder === path || folder.startsWith(`${path}/`));
  const longest = Math.max(...below.map(({ path }) => path.length));
  const origin = below.findLast(({ path }) => path.length === longest);
  if (origin === undefined || origin.device !== mount.device) return false;
  const rest = origin.path === '/' ? folder : folder.slice(origin.path.length);
  return withoutSlash(mount.root) === withoutSlash(`${origin.root === '/' ? '' : origin.root}${rest}` || '/');
}

const FLAGS = [
  ['ro', 'rw'],
  ['nosuid', 'suid'],
  ['nodev', 'dev'],
  ['noexec', 'exec'],
] as const;

/** The flags of {@link FLAGS} that options name, the last of each pair; empty where they name none. */
export function flagsOf(options: readonly string[]): readonly string[] {
  return FLAGS.flatMap((pair) => options.findLast((option) => pair.some((flag) => flag === option)) ?? []);
}

/** The same flags as a mount has them. */
export function foundFlags(mount: Mount, wanted: readonly string[]): readonly string[] {
  const isReadOnly = mount.options.includes('ro') || mount.superOptions.includes('ro');
  const isSet = (flag: string): boolean => (flag === 'ro' ? isReadOnly : mount.options.includes(flag));
  return FLAGS.filter((pair) => pair.some((flag) => wanted.includes(flag))).map(([set, unset]) =>
    isSet(set) ? set : unset,
  );
}
