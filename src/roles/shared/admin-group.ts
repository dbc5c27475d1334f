import type { Facts } from '../../core/facts.js';

/** The group whose members may become root, with their own password, where a system has not been told otherwise. */
export function adminGroup({ os }: Facts): string {
  return os.family === 'debian' ? 'sudo' : 'wheel';
}
