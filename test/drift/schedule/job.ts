import type { CheckJob } from '../../../src/drift/schedule/check-job.js';
import { parseEvery } from '../../../src/drift/schedule/every.js';

/** A check of a project, and what a test says of it. */
export function jobOf(rest: Partial<CheckJob> = {}): CheckJob {
  return {
    name: 'homelab-drift-house-1a2b3c4d',
    project: '/srv/house',
    every: parseEvery('daily'),
    program: ['/usr/bin/node', '/opt/homelab/bin/run.js'],
    words: ['drift', '--notify', 'web-*'],
    env: { HOME: '/root', PATH: '/usr/bin:/bin' },
    stateFolder: '/root/.local/state/homelab/house-1a2b3c4d',
    outputFolders: [],
    keyFiles: ['/home/ada/my keys/50%'],
    isLocal: false,
    ...rest,
  };
}
