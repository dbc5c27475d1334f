import { describe, expect, test } from '@jest/globals';
import { PLAIN_PALETTE } from '../../src/report/palette.js';
import { upgradeDocument } from '../../src/report/upgrade-document.js';
import { upgradeText, wholePlanText } from '../../src/report/upgrade-text.js';

const NOTHING = {
  plan: { waves: [], leftOut: [], findings: [], accepted: [] },
  promises: new Map(),
  downtimes: undefined,
  standing: undefined,
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

describe('what another upgrade has left, and nobody goes on with', () => {
  const abandoned = { run: 'r1', hosts: ['pve', 'web1'], drained: ['web1 (consul)'] };
  const style = { palette: PLAIN_PALETTE, width: 80 };
  const said = `left in the middle by the upgrade r1: pve, web1
drained by it, and not brought back: web1 (consul)
`;

  test('is told with the plan, and once more at the end of a run', () => {
    expect(wholePlanText({ hosts: [], upgrade: { ...NOTHING, abandoned } }, style)).toContain(said);
    expect(upgradeText({ ...NOTHING, abandoned }, style)).toBe('');
    expect(upgradeText({ ...NOTHING, downtimes: [], abandoned }, style)).toContain(said);
  });

  test('is there for a program', () => {
    expect(upgradeDocument({ ...NOTHING, abandoned })).toMatchObject({ abandoned });
    expect(upgradeDocument(NOTHING)).not.toHaveProperty('abandoned');
  });
});
