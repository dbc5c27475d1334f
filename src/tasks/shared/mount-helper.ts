import type { Facts } from '../../core/facts.js';
import { Unknown } from '../../core/state.js';
import type { ReadableHost } from '../../core/task.js';
import { existence } from '../../probes/existence.js';
import { isLocalSource, mountSources, type MountSource } from '../../probes/mount-sources.js';
import { programs } from '../../probes/programs.js';
import type { MountParams } from './mount-params.js';

/** Kinds of file systems that mount(8) leaves to a program, and the package that has it in Debian. */
const HELPERS: Readonly<Record<string, string>> = {
  nfs: 'nfs-common',
  nfs4: 'nfs-common',
  cifs: 'cifs-utils',
  davfs: 'davfs2',
};

/** What a mount is made of, as far as the host has it. */
export interface MountMeans {
  /** Null where it is no file or device, or one that is not there. */
  readonly source: MountSource | null;
  /** Why it cannot be mounted yet; undefined where it can. */
  readonly lacking: Unknown | undefined;
}

/** Looks for the source of what is to be mounted at once, and for the program that mounts its kind. */
export async function readMountMeans(host: ReadableHost, wanted: MountParams): Promise<MountMeans> {
  const { state, source = '', type = '', options } = wanted;
  if (state !== 'mounted') return { source: null, lacking: undefined };
  const helper = helperOf(type, host.facts);
  const isLocal = isLocalSource(source);
  const [found, isThere, hasHelper] = await Promise.all([
    isLocal ? host.read(mountSources, source) : null,
    // A path leads somewhere even where its last part is missing.
    source.startsWith('/') && isLocal ? host.read(existence, `source:${source}`) : true,
    helper === undefined ? true : host.read(programs, helper.program),
  ]);
  // That is mounted when somebody enters the folder, not now.
  if (options.split(',').includes('x-systemd.automount')) return { source: found, lacking: undefined };
  if (isLocal && (found === null || !isThere))
    return { source: found, lacking: new Unknown(`${source} does not exist`, [`path:${source}`]) };
  return { source: found, lacking: hasHelper || helper === undefined ? undefined : withoutHelper(helper) };
}

interface Helper {
  readonly program: string;
  readonly package: string;
}

/** busybox mounts without helpers. */
function helperOf(type: string, { os }: Facts): Helper | undefined {
  const name = HELPERS[type];
  if (name === undefined || os.family === 'alpine') return undefined;
  return { program: `mount.${type}`, package: name };
}

function withoutHelper({ program, package: name }: Helper): Unknown {
  return new Unknown(`${program} is not installed (package ${name})`, [
    `program:${program}`,
    `package:${name}`,
  ]);
}
