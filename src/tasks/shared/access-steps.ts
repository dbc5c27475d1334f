import type { MaybeState } from '../../core/state.js';
import { runStep, type Step } from '../../core/step.js';
import type { Access } from './file-entry.js';

interface AccessChange {
  readonly path: string;
  readonly access: Access;
  readonly before: MaybeState;
  readonly changed: (field: string) => boolean;
}

/**
 * The steps that give `path` its owner, group and mode, as far as they changed. The owner comes first: chown(2) takes
 * set-user-ID bits away, so those are given again. Five digits, because GNU chmod leaves a directory's set-group-ID bit
 * alone when a numeric mode has four.
 */
export function accessSteps({ path, access, before, changed }: AccessChange): Step[] {
  const steps: Step[] = [];
  const owner = changed('owner') ? access.owner : undefined;
  const group = changed('group') ? access.group : undefined;
  if (owner !== undefined) {
    steps.push(runStep(['chown', '-h', '--', group === undefined ? owner : `${owner}:${group}`, path]));
  } else if (group !== undefined) {
    steps.push(runStep(['chgrp', '-h', '--', group, path]));
  }
  const found = before?.['mode'];
  const kept = steps.length > 0 && typeof found === 'string' && !found.startsWith('0') ? found : undefined;
  const mode = changed('mode') ? access.mode : (access.mode ?? kept);
  if (mode !== undefined && (changed('mode') || kept !== undefined))
    steps.push(runStep(['chmod', `0${mode}`, path]));
  return steps;
}
