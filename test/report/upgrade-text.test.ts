import { expect, test } from '@jest/globals';
import { PLAIN_PALETTE } from '../../src/report/palette.js';
import { upgradeText } from '../../src/report/upgrade-text.js';

const NOTHING = {
  plan: { waves: [], leftOut: [], findings: [], accepted: [] },
  promises: new Map(),
  downtimes: undefined,
};

test('a run that stopped tells what stands, what stays drained, and how to go on', () => {
  const standing = {
    up: ['dns1/dns'],
    down: ['nas/nfs'],
    drained: ['nas (docker)'],
    next: 'homelab upgrade --resume',
  };
  expect(upgradeText({ ...NOTHING, standing }, { palette: PLAIN_PALETTE, width: 80 })).toBe(
    'up: dns1/dns\nnot up: nas/nfs\ndrained: nas (docker)\nto go on: homelab upgrade --resume\n',
  );
});
