import { expect, test } from '@jest/globals';
import { rootCapabilities } from '../../../src/drift/schedule/root-capabilities.js';
import { jobOf } from './job.js';

test.each<[string, Record<string, number>, string[]]>([
  ['all of it is of root', {}, []],
  ['a project of another account', { '/srv/house': 1000 }, ['CAP_DAC_READ_SEARCH']],
  ['a node of another account', { '/usr/bin/node': 1000 }, ['CAP_DAC_READ_SEARCH']],
  ['a folder for metrics of another account', { '/var/lib/metrics': 110 }, ['CAP_DAC_OVERRIDE']],
  ['the state of another account', { [jobOf().stateFolder]: 1000, '/srv/house': 1000 }, ['CAP_DAC_OVERRIDE']],
  ['a key of another account', { [jobOf().keyFiles[0] ?? '']: 1000 }, []],
])('%s', (_what, owners, expected) => {
  const job = jobOf({ outputFolders: ['/var/lib/metrics'] });
  expect(rootCapabilities(job, (path) => owners[path] ?? 0)).toEqual(expected);
});

test('what is not there yet needs nothing', () => {
  expect(rootCapabilities(jobOf(), () => undefined)).toEqual([]);
});
