import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { labHosts } from '../harness/lab-inventory.js';
import { bootLab, LAB_TIMEOUT_MS, type TestLab } from '../harness/shared-lab.js';
import { GROWN_APART } from './grown-apart.js';
import { readModules, situationsOf } from './modules.js';
import { saidOf } from './outcomes.js';
import type { NamedSituation, Outcome, Sides } from './situation.js';
import { TWINS } from './playbooks.js';
import { runParity, type Parity } from './twins.js';

const ID = `parity-${process.pid}`;

/** The modules that have to be compared. One without situations fails by its absence. */
const MODULES =
  'apt authorized_key blockinfile copy cron file group hostname lineinfile mount sysctl systemd template user';

const modules = await readModules();
const situations = situationsOf(modules);
let lab: TestLab;
let parity: Parity;

beforeAll(async () => {
  lab = await bootLab({ id: ID, hosts: labHosts(['gate', TWINS.ansible, TWINS.homelab]) });
  parity = await runParity(lab, modules);
}, 4 * LAB_TIMEOUT_MS);

afterAll(() => stopLab(ID));

test('every module has its situations, and there are at least a hundred', () => {
  expect([...modules.keys()].join(' ')).toBe(MODULES);
  expect(situations.length).toBeGreaterThanOrEqual(100);
});

/** How a run ended for both; where that is not as expected, with what they said. */
function outcomesOf(situation: NamedSituation, run: 'first' | 'second', expected?: Sides<Outcome>) {
  const ansible = saidOf(situation, situation.ansible, parity[run].said.ansible);
  const homelab = saidOf(situation, situation.homelab, parity[run].said.homelab);
  const wanted = expected ?? { ansible: ansible.outcome, homelab: ansible.outcome };
  const found = { ansible: ansible.outcome, homelab: homelab.outcome };
  const isAsWanted = found.ansible === wanted.ansible && found.homelab === wanted.homelab;
  const said = { ansible: ansible.message, homelab: homelab.message };
  return { wanted, found: isAsWanted ? found : { ...found, said } };
}

const seenBy = (situation: NamedSituation, run: 'first' | 'second') => ({
  ansible: parity[run].seen.ansible.get(situation.id),
  homelab: parity[run].seen.homelab.get(situation.id),
});

describe.each(situations.map((situation) => [situation.id, situation] as const))('%s', (_id, situation) => {
  const { differs } = situation;

  test('ends alike', () => {
    const { found, wanted } = outcomesOf(situation, 'first', differs?.first);
    expect(found).toEqual(wanted);
  });

  test('done again, ends alike, and changes nothing', () => {
    const { found, wanted } = outcomesOf(situation, 'second', differs?.second);
    expect(found).toEqual(wanted);
    if (differs?.second === undefined) expect(['ok', 'failed']).toContain(found.homelab);
    expect(seenBy(situation, 'second').homelab).toBe(seenBy(situation, 'first').homelab);
  });

  test('leaves the same behind', () => {
    const seen = seenBy(situation, 'second');
    expect(seen).toEqual(differs?.seen ?? { ansible: seen.ansible, homelab: seen.ansible });
  });
});

test('nothing else grew apart on the twins', () => {
  const unexplained = parity.grownApart.filter((path) => !GROWN_APART.some(({ paths }) => paths.test(path)));
  expect(unexplained).toEqual([]);
});
