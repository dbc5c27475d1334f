import { describe, expect, test } from '@jest/globals';
import { createDrainRegistry } from '../../../src/core/drain-registry.js';
import type { RoleDrain } from '../../../src/core/role.js';

const registry = createDrainRegistry();
const NAMES = ['command', 'consul', 'docker', 'k3s', 'nomad', 'systemd'];

test('these adapters there are', () => {
  expect(registry.adapters()).toEqual(NAMES);
});

describe.each(NAMES)('%s', (name) => {
  test('its examples are what it takes, and nothing unknown is', async () => {
    const { params, examples } = await registry.load(name);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(params.safeParse(example)).toMatchObject({ success: true });
      expect(params.safeParse({ ...(example as object), unknown_key: 1 }).success).toBe(false);
    }
  });

  test('what it found is nothing but what it has found', async () => {
    const { found } = await registry.load(name);
    expect(found.safeParse({ surprise: true }).success).toBe(false);
  });
});

/** What roles say, beside the adapter. */
const OF_ROLES: readonly RoleDrain[] = [
  { adapter: 'docker', liveRestore: true },
  { adapter: 'nomad', member: 'client', api: 'http://127.0.0.1:4646' },
  { adapter: 'nomad', member: 'server', api: 'https://[::1]:4646' },
  { adapter: 'consul', member: 'server', api: 'http://127.0.0.1:8500' },
  { adapter: 'consul', member: 'client', api: 'https://10.0.0.5:8501' },
  { adapter: 'command', drain: ['a'], undrain: ['b'] },
];

test.each(OF_ROLES.map((one) => [JSON.stringify(one), one] as const))(
  'what a role says is taken: %s',
  async (_name, { adapter, ...rest }) => {
    expect((await registry.load(adapter)).params.safeParse(rest)).toMatchObject({ success: true });
  },
);

test.each(NAMES)('%s: whether the service is away while it is drained', async (name) => {
  const { params, examples, stopsService } = await registry.load(name);
  const isAway = stopsService?.(params.parse(examples[0])) === true;
  expect(isAway).toBe(['docker', 'systemd'].includes(name));
});
