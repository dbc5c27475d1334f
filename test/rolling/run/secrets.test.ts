import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { NO_ROLLING } from '../../../src/core/rolling-settings.js';
import { UpgradeHouse } from './upgrade-world.js';

const CANARY = 'canary-6f1d0c';

test.each([
  ['well', undefined],
  ['badly', 'a voter is missing'],
])(
  'a token of a drain is in nothing that an upgrade writes or tells, where it ends %s',
  async (_how, refusal) => {
    const house = new UpgradeHouse();
    const drains = [{ adapter: 'fake', params: { token: CANARY }, source: undefined }];
    const world = house.add('a', { rolling: { ...NO_ROLLING, drains } });
    world.refusal = refusal;
    const { upgrade, events } = house.run();
    const plan = await upgrade.plan();
    const result = await upgrade.apply();
    expect(house.tokens).toContain(CANARY);
    const journals = readdirSync(house.folder).map((name) => readFileSync(join(house.folder, name), 'utf8'));
    expect(journals.length).toBeGreaterThan(0);
    const told = inspect([plan, result, events, house.log, world.requests], { depth: Infinity });
    expect([...journals, told].join('\n')).not.toContain(CANARY);
  },
);
