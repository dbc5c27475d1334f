import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRegistry } from '../../../src/core/registry.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { labHosts } from '../harness/lab-inventory.js';
import { bootLab, LAB_TIMEOUT_MS, type TestLab } from '../harness/shared-lab.js';
import { changesBetween, snapshotOf } from '../harness/snapshot.js';
import type { ContractRow, Damage, KindProof, NotApplicable } from './contract.js';
import { KindOnMachine, type NamedParams, type Outcome } from './kind-on-machine.js';

const ID = `contract-${process.pid}`;

let lab: TestLab;

beforeAll(async () => {
  // Kinds are proven on `proof`, unless they say where.
  lab = await bootLab({ id: ID, hosts: labHosts(['gate', 'proof', 'dock']) });
}, LAB_TIMEOUT_MS);

afterAll(() => stopLab(ID));

const contracts: (readonly [kind: string, proof: KindProof | undefined])[] = [];
// One after another: Jest cannot link a module that two imports under way share.
for (const kind of createRegistry().kinds()) contracts.push([kind, await load(kind)]);

async function load(kind: string): Promise<KindProof | undefined> {
  const url = new URL(`kinds/${kind}.ts`, import.meta.url);
  if (!existsSync(fileURLToPath(url))) return undefined;
  return ((await import(url.href)) as { default: KindProof }).default;
}

function isApplicable<T extends object>(part: T | NotApplicable): part is T {
  return !('because' in part);
}

test.each(contracts)('the kind %s has rows that prove it', (_kind, contract) => {
  const proof = contract === undefined || isApplicable(contract) ? contract?.rows : contract.because;
  expect(proof?.length).toBeGreaterThan(0);
});

const known = contracts.flatMap(([kind, contract]) =>
  contract === undefined || !isApplicable(contract)
    ? []
    : [{ kind, contract, host: contract.host ?? 'proof' }],
);

const IN_SYNC: Outcome = { status: 'ok', fields: [], error: null };
/** Where in its course an apply is killed, as parts of what an undisturbed one takes. */
const KILLED_AT = [0, 0.6];
const MOST_TRIES = 25;

describe.each(known)('kind $kind', ({ kind, contract, host }) => {
  const { rows, oddValues, interruption } = contract;
  let machine: KindOnMachine;

  beforeAll(async () => {
    machine = new KindOnMachine(lab, { kind, host, files: contract.files ?? {} });
    // Sudo notes an account's first success in its home: that is no doing of a plan.
    await lab.homelab(['run', host, '--', 'true'], {
      cwd: lab.project({ 'inventory/hosts.yml': lab.hostsFile() }),
    });
    await machine.shell(contract.setUp ?? 'true');
    for (const { given } of rows) await machine.shell(given ?? 'true');
  }, LAB_TIMEOUT_MS);

  afterAll(() => machine.shell(contract.tearDown ?? 'true'));

  const statuses = (outcomes: Readonly<Record<string, Outcome>>) =>
    Object.fromEntries(Object.entries(outcomes).map(([name, { status, error }]) => [name, error ?? status]));
  const every = (items: readonly NamedParams[], status: string) =>
    Object.fromEntries(items.map(({ name }) => [name, status]));
  const expectHeld = async (judged: readonly Pick<ContractRow, 'name' | 'holds'>[]) => {
    for (const { name, holds } of judged)
      expect({ name, prints: await machine.shell(holds.shell) }).toEqual({ name, prints: holds.prints });
  };
  const expectInSync = async (items: readonly NamedParams[]) => {
    const { code, outcomes } = await machine.run('plan', items);
    expect({ outcomes, code }).toEqual({
      outcomes: Object.fromEntries(items.map(({ name }) => [name, IN_SYNC])),
      code: 0,
    });
  };

  test('a plan tells what would change, and writes nothing', async () => {
    const before = await snapshotOf(lab, host);
    const { code, outcomes } = await machine.run('plan', rows);
    expect({ statuses: statuses(outcomes), code }).toEqual({ statuses: every(rows, 'pending'), code: 2 });
    expect(changesBetween(before, await snapshotOf(lab, host))).toEqual([]);
  });

  test('an apply converges, as an outside look tells', async () => {
    const { code, outcomes } = await machine.run('provision', rows);
    expect({ statuses: statuses(outcomes), code }).toEqual({ statuses: every(rows, 'changed'), code: 0 });
    await expectHeld(rows);
  });

  test('a second plan is empty', () => expectInSync(rows));

  const rounds = Math.max(0, ...rows.map(({ damages }) => (isApplicable(damages) ? damages.length : 0)));
  const damageOf = ({ damages }: ContractRow, round: number): Damage | undefined =>
    isApplicable(damages) ? damages[round] : undefined;

  test.each(Array.from({ length: rounds }, (_, round) => round))(
    'what is changed by hand is seen and mended, round %i',
    async (round) => {
      for (const row of rows) await machine.shell(damageOf(row, round)?.by ?? 'true');
      const expected = (status: Outcome['status']) =>
        Object.fromEntries(
          rows.map((row) => {
            const damage = damageOf(row, round);
            return [
              row.name,
              damage === undefined ? IN_SYNC : { status, fields: damage.fields, error: null },
            ];
          }),
        );
      expect((await machine.run('plan', rows)).outcomes).toEqual(expected('pending'));
      expect((await machine.run('provision', rows)).outcomes).toEqual(expected('changed'));
      await expectHeld(rows);
    },
  );

  const undone = rows.flatMap(({ name, undo }) => (isApplicable(undo) ? [{ name, ...undo }] : []));

  const testWhere = (isThere: boolean) => (isThere ? test : () => undefined);

  testWhere(undone.length > 0)('it is undone, and only once', async () => {
    const { code, outcomes } = await machine.run('provision', undone);
    expect({ statuses: statuses(outcomes), code }).toEqual({ statuses: every(undone, 'changed'), code: 0 });
    await expectHeld(undone);
    await expectInSync(undone);
  });

  testWhere(isApplicable(oddValues))('odd values arrive as they are', async () => {
    if (!isApplicable(oddValues)) return;
    for (const { given } of oddValues) await machine.shell(given ?? 'true');
    const { code, outcomes } = await machine.run('provision', oddValues);
    expect({ statuses: statuses(outcomes), code }).toEqual({
      statuses: every(oddValues, 'changed'),
      code: 0,
    });
    await expectHeld(oddValues);
    await expectInSync(oddValues);
  });

  testWhere(isApplicable(interruption))('a killed connection leaves old or new', async () => {
    if (!isApplicable(interruption)) return;
    const { from, params, observe } = interruption;
    const observed = () => Promise.all(observe.map((script) => machine.shell(script)));
    await machine.shell(from);
    const old = await observed();
    const { code, tookMs } = await machine.provisionAndKill(params, undefined);
    expect(code).toBe(0);
    const fresh = await observed();
    expect(fresh).not.toEqual(old);
    const codes: number[] = [];
    const killAt = async (part: number): Promise<void> => {
      await machine.shell(from);
      codes.push((await machine.provisionAndKill(params, part * tookMs)).code);
      for (const [index, found] of (await observed()).entries())
        expect([old[index], fresh[index]]).toContain(found);
    };
    for (const part of KILLED_AT) await killAt(part);
    // What takes some milliseconds is often done before the kill gets there.
    for (let tries = 0; !codes.includes(1) && tries < MOST_TRIES; tries++) await killAt(0);
    // Otherwise nothing was interrupted, and nothing proven.
    expect(codes).toContain(1);
    expect((await machine.run('provision', [{ name: 'again', params }])).code).toBe(0);
    expect(await observed()).toEqual(fresh);
  });
});
