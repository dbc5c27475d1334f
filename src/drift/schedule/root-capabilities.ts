import { statSync } from 'node:fs';
import type { CheckJob } from './check-job.js';

/** Who owns a path; undefined: it is not there. */
export type OwnerOf = (path: string) => number | undefined;

/**
 * What root needs in its sandbox beside its own files: to read those of another account where the project or the program
 * is another's, to write where what is written lies with another. Usually nothing. For keys nothing: those are credentials.
 */
export function rootCapabilities(
  { project, program, stateFolder, outputFolders }: CheckJob,
  ownerOf: OwnerOf = owner,
): string[] {
  const isOthers = (path: string): boolean => ![0, undefined].includes(ownerOf(path));
  if ([stateFolder, ...outputFolders].some(isOthers)) return ['CAP_DAC_OVERRIDE'];
  return [project, ...program].some(isOthers) ? ['CAP_DAC_READ_SEARCH'] : [];
}

function owner(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.uid;
}
