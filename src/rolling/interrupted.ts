import { HomelabError } from '../core/errors.js';

/** The run is to end, and whatever is under way on a host is left as it is. */
export function interrupted(cause: unknown): HomelabError {
  return new HomelabError({
    code: 'rolling/interrupted',
    message: 'interrupted: what runs on the host goes on there',
    hint: 'To go on: homelab upgrade --resume',
    cause,
  });
}

/** Whether that is what was thrown: no failure of the host it happened on. */
export function isInterruption(thrown: unknown): boolean {
  return thrown instanceof HomelabError && thrown.code === 'rolling/interrupted';
}
