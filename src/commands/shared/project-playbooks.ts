import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../../inventory/settings.js';

/** The playbooks of a project, relative to it. The usual one is left out where no file says that there is one, and there is none. */
export function projectPlaybooks(
  dir: string,
  { playbooks, playbookPlaces }: Pick<Settings, 'playbooks' | 'playbookPlaces'>,
): readonly string[] {
  return playbooks.filter((file) => playbookPlaces.has(file) || existsSync(resolve(dir, file)));
}
