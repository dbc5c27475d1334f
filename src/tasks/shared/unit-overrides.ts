import type { Change, State } from '../../core/state.js';
import type { ReadableHost } from '../../core/task.js';
import { directoryEntries } from '../../probes/directory-entries.js';

/** Where an administrator's drop-ins lie, systemd.unit(5): those of `systemctl edit` and of `systemctl set-property`. */
const FOLDERS = [
  '/etc/systemd/system',
  '/etc/systemd/system.control',
  '/run/systemd/system',
  '/run/systemd/system.control',
];

const FIELD = 'override.';

/** The wanted state of a unit that nothing overrides: every field that {@link observedOverrides} answers is to be gone. */
export const NO_OVERRIDES: State = { [`${FIELD}*`]: null };

/**
 * `override.PATH` for each drop-in of the unit itself that no item of the host keeps. Those of packages, and of all units
 * of a kind, are nobody's doing by hand. Empty where nobody knows what items keep.
 */
export async function observedOverrides(host: ReadableHost, unit: string): Promise<State> {
  const { managedPaths } = host;
  if (managedPaths === undefined) return {};
  const folders = FOLDERS.map((folder) => `${folder}/${unit}.d`);
  const found = await Promise.all(folders.map((folder) => host.read(directoryEntries, folder)));
  const paths = folders.flatMap((folder, index) =>
    (found[index] ?? []).filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`),
  );
  const strays = paths.filter((path) => !managedPaths.includes(path) && !path.includes('\uFFFD'));
  return Object.fromEntries(strays.map((path) => [FIELD + path, 'present']));
}

/** The paths of the drop-ins among `changes`. */
export function overridesAmong(changes: readonly Change[]): string[] {
  return changes.filter(({ field }) => field.startsWith(FIELD)).map(({ field }) => field.slice(FIELD.length));
}
