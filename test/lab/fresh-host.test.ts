import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRegistry } from '../../src/core/registry.js';
import { HALVE, RESTORE, SET_UP, type FreshItem } from './fixtures/fresh-host.js';
import { BARE, HALF } from './fixtures/fresh-host-items.js';
import { GONE, NEVER, PLANNED } from './fixtures/fresh-host-others.js';
import { documentOf, hostOf, type HostDocument } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const HOST = 'proof';

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
  await lab.shell(HOST, SET_UP);
}, LAB_TIMEOUT_MS);

afterAll(() => lab.shell(HOST, RESTORE));

async function run(
  command: 'plan' | 'provision',
  items: readonly FreshItem[],
): Promise<{ readonly code: number; readonly host: HostDocument }> {
  const tasks = items.map(([name, task]) => ({ name, ...task }));
  const cwd = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Fresh', hosts: HOST, tasks }]),
    'templates/page.hbs': 'page\n',
  });
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const result = await lab.homelab([command, HOST, ...flags], { cwd });
  return { code: result.code, host: hostOf(documentOf(result), HOST) };
}

/** What a plan says of each item. */
const said = ({ tasks }: HostDocument) =>
  tasks.map(({ name, status, reason, error }) => [name, error?.message ?? reason ?? status]);
const expected = (items: readonly FreshItem[]) => items.map(([name, , says]) => [name, says]);

/** Applies, and looks again; `surprises`: the items that the plan could not foresee, and in what. */
async function converge(
  items: readonly FreshItem[],
  surprises: Readonly<Record<string, string>>,
): Promise<void> {
  const { code, host } = await run('provision', items);
  const errors = host.tasks.flatMap(({ name, error }) =>
    error === null ? [] : [`${name}: ${error.message}`],
  );
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  const different = host.tasks.flatMap(({ name, differsFromPlan }) =>
    differsFromPlan === undefined ? [] : [[name, differsFromPlan]],
  );
  expect(Object.fromEntries(different)).toEqual(surprises);
  const again = await run('plan', items);
  expect({ code: again.code, changes: again.host.tasks.flatMap(({ changes }) => changes) }).toEqual({
    code: 0,
    changes: [],
  });
}

describe('a machine that has nothing yet', () => {
  test.each([
    ['everything behind what brings it', BARE],
    ['what is planned alone', PLANNED],
  ])('%s: no error, and no guess', async (_name, items) => {
    const { code, host } = await run('plan', items);
    expect(said(host)).toEqual(expected(items));
    expect(code).toBe(2);
  });

  test('becomes what the plan said', async () => {
    // A new home is filled from /etc/skel, which nobody looked at.
    await converge(BARE, { profile: 'state, owner, group' });
  });

  test('of which half is gone again', async () => {
    await lab.shell(HOST, HALVE);
    const { code, host } = await run('plan', BARE);
    expect(said(host).filter(([, says]) => says !== 'ok')).toEqual(HALF);
    expect(code).toBe(2);
    // What was bob's is bob's again: the new account has the number of the old one.
    await converge(BARE, { profile: 'owner', unpacked: 'owner' });
  });

  test('goes back the other way round', async () => {
    const { code, host } = await run('plan', GONE);
    expect(said(host)).toEqual(expected(GONE));
    expect(code).toBe(2);
    await converge(GONE, {});
  });
});

test('every kind is among them', () => {
  const kinds = [...BARE, ...PLANNED, ...NEVER].flatMap(([, task]) => Object.keys(task));
  expect(
    createRegistry()
      .kinds()
      .filter((kind) => !kinds.includes(kind)),
  ).toEqual([]);
});

test('what never comes is a failure, whatever is installed before', async () => {
  const { code, host } = await run('plan', NEVER);
  expect(said(host)).toEqual(expected(NEVER));
  expect(code).toBe(1);
});
