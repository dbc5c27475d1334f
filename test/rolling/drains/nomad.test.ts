import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { adapterWith, closeHosts, drainHost, type StandIn } from './drain-host.js';
import { NomadStandIn, recorded } from './nomad-stand-in.js';

let nomad: NomadStandIn;
let server: StandIn;
const NODE = NomadStandIn.NODE;

beforeEach(async () => {
  nomad = new NomadStandIn();
  server = await nomad.start();
});
afterEach(() => server.close());
afterAll(closeHosts);

const client = (more: Readonly<Record<string, unknown>> = {}) =>
  adapterWith('nomad', { member: 'client', api: server.base, ...more });

describe('a client', () => {
  test('is found as it is', async () => {
    const nomadDrain = await client();
    const found = await nomadDrain.find(drainHost());
    expect(found).toEqual({
      client: { id: NODE.slice(9), name: 'nomad1', isEligible: true, isDraining: false },
      server: null,
    });
    expect(nomadDrain.describe(found)).toBe('its jobs of Nomad start elsewhere');
    expect(nomadDrain.isLeader(found)).toBe(false);
    expect(await nomadDrain.refuses(drainHost(), found)).toBeUndefined();
    expect(server.changes()).toEqual([]);
  });

  test('is drained as the recorded one was, until nothing runs, and told once', async () => {
    let pauses = 0;
    const host = drainHost({
      onPause: () => {
        pauses += 1;
        if (pauses === 2) nomad.allocations = recorded('allocations-drained').response as never;
        if (pauses === 4) nomad.endDrain();
      },
    });
    const nomadDrain = await client({ deadline: 60 });
    const found = await nomadDrain.find(host);
    await nomadDrain.drain(host, found);
    expect(pauses).toBe(4);
    await nomadDrain.drain(host, found);
    expect(server.changes()).toEqual([[`PUT ${NODE}/drain`, recorded('drain-enable').request.body]]);
  });

  test('what remains at the deadline is told; the node stays drained', async () => {
    let waitedMs = 0;
    const host = drainHost({ onPause: (ms) => (waitedMs += ms) });
    nomad.allocations = recorded('allocations-drained').response as never;
    const nomadDrain = await client({ deadline: 5 });
    const found = await nomadDrain.find(host);
    await expect(nomadDrain.drain(host, found)).rejects.toMatchObject({
      code: 'drain/not-drained',
      message: '1 allocation of Nomad still on box after 5 s: web.g[b35b4365]',
    });
    expect(waitedMs).toBeGreaterThanOrEqual(5000);
    expect(nomad.node).toMatchObject({ Drain: true });
  });

  test.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['a system job may stay', { Job: { Type: 'system' } }, true],
    ['one of batches too', { JobType: 'sysbatch' }, true],
    ['another one may not', { Job: { Type: 'service' } }, false],
  ])('%s', async (_name, fields, mayStay) => {
    nomad.allocations = nomad.allocations.map((one) => ({ ...one, ...fields }));
    const nomadDrain = await client({ deadline: 1 });
    const host = drainHost();
    const drained = nomadDrain.drain(host, await nomadDrain.find(host));
    await (mayStay
      ? expect(drained).resolves.toBeUndefined()
      : expect(drained).rejects.toThrow('2 allocations'));
    const strictly = await client({ deadline: 1, ignore_system: false });
    await expect(strictly.drain(host, await strictly.find(host))).rejects.toThrow('2 allocations');
  });

  test.each<[string, boolean, string]>([
    ['eligible', true, 'eligible'],
    ['not eligible', false, 'ineligible'],
  ])('comes back as found: %s', async (_name, wasEligible, after) => {
    if (!wasEligible) nomad.node = recorded('node-ineligible').response as never;
    const host = drainHost();
    const nomadDrain = await client();
    const found = await nomadDrain.find(host);
    nomad.node = recorded('node-draining').response as never;
    expect(await nomadDrain.pending(host, found)).toBe('nomad1 is still drained in Nomad');
    await nomadDrain.undrain(host, found);
    await nomadDrain.undrain(host, found);
    expect(server.changes()).toEqual([[`PUT ${NODE}/drain`, { DrainSpec: null, MarkEligible: wasEligible }]]);
    expect(nomad.node).toMatchObject({ Drain: false, SchedulingEligibility: after });
    expect(await nomadDrain.pending(host, found)).toBeUndefined();
  });

  test('a drain that ended by itself left it ineligible: it becomes eligible again', async () => {
    const host = drainHost();
    const nomadDrain = await client();
    const found = await nomadDrain.find(host);
    nomad.endDrain();
    expect(await nomadDrain.pending(host, found)).toBe('nomad1 is not open to jobs of Nomad, and was');
    await nomadDrain.undrain(host, found);
    expect(server.changes()).toEqual([[`PUT ${NODE}/eligibility`, recorded('eligibility-on').request.body]]);
    expect(await nomadDrain.pending(host, found)).toBeUndefined();
  });

  test("somebody else's drain stays theirs", async () => {
    nomad.node = recorded('node-draining').response as never;
    const host = drainHost({ onPause: () => nomad.endDrain() });
    const nomadDrain = await client();
    const found = await nomadDrain.find(host);
    await nomadDrain.drain(host, found);
    await nomadDrain.undrain(host, found);
    expect(server.changes()).toEqual([]);
    expect(await nomadDrain.pending(host, found)).toBeUndefined();
  });

  test.each<[string, string, { status?: number; body: unknown }, string]>([
    [
      'unhealthy',
      'GET /v1/agent/health',
      { status: 500, body: { client: { ok: false, message: 'no servers' } } },
      'Nomad is not healthy as a client: no servers',
    ],
    [
      'down',
      `GET ${NODE}`,
      { body: { ...(recorded('node-before').response as object), Status: 'down' } },
      'the servers of Nomad find nomad1 down',
    ],
    ['without servers', `GET ${NODE}`, { status: 500, body: 'No cluster leader' }, 'No cluster leader'],
  ])('is pending while %s', async (_name, request, answer, message) => {
    const host = drainHost();
    const nomadDrain = await client();
    const found = await nomadDrain.find(host);
    nomad.others.set(request, answer);
    expect(await nomadDrain.pending(host, found)).toContain(message);
  });

  test.each<[string, { status?: number; body: unknown }, string]>([
    ['forbidden', { status: 403, body: 'Permission denied' }, 'drain/refused'],
    ['another service', { body: { hello: 1 } }, 'drain/bad-answer'],
    ['no client', { body: { stats: { nomad: { server: 'true' } } } }, 'drain/other-member'],
  ])('%s', async (_name, answer, code) => {
    nomad.others.set('GET /v1/agent/self', answer);
    await expect((await client()).find(drainHost())).rejects.toMatchObject({ code });
  });
});

const SERVERS = ['a', 'b', 'c'].map((name, index) => ({
  ID: name === 'a' ? 'ab78748a-9dd7-3f90-8d76-9bef3ca63b58' : name,
  Name: `${name}.home`,
  Node: `${name}.home`,
  Healthy: true,
  Voter: true,
  Leader: index === 0,
  LastIndex: 12,
}));

/** The recorded server as one of three. */
function makeThree(servers: readonly object[] = SERVERS, health: object = {}): void {
  nomad.others.set('GET /v1/operator/autopilot/health', {
    body: { Healthy: true, FailureTolerance: 1, Servers: servers, ...health },
  });
  nomad.others.set('GET /v1/operator/raft/configuration', { body: { Index: 0, Servers: servers } });
}

const member = (more: object = {}) => adapterWith('nomad', { member: 'server', api: server.base, ...more });

describe('a server', () => {
  test('is found with its vote and the lead', async () => {
    makeThree();
    const nomadDrain = await member();
    const found = await nomadDrain.find(drainHost());
    expect(found).toEqual({
      client: null,
      server: { id: SERVERS[0]?.ID, name: 'a.home', isLeader: true, tolerance: 1, voters: 3 },
    });
    expect(nomadDrain.isLeader(found)).toBe(true);
    expect(nomadDrain.describe(found)).toBe('hands leadership of Nomad over, where its version can');
  });

  test('an agent that is both is both', async () => {
    const found = await (await adapterWith('nomad', { api: server.base })).find(drainHost());
    expect(found).toMatchObject({ client: { name: 'nomad1' }, server: { tolerance: 0, voters: 1 } });
  });

  test('hands the lead to the one with most of the log', async () => {
    makeThree(SERVERS.map((one, index) => ({ ...one, LastIndex: 10 + index })));
    const told = 'PUT /v1/operator/raft/transfer-leadership';
    nomad.others.set(told, { body: { Err: null } });
    const host = drainHost({
      onPause: () => makeThree(SERVERS.map((one, index) => ({ ...one, Leader: index === 2 }))),
    });
    const nomadDrain = await member();
    const found = await nomadDrain.find(host);
    await nomadDrain.drain(host, found);
    await nomadDrain.drain(host, found);
    expect(server.changes()).toEqual([[`${told}?id=c`, undefined]]);
  });

  test('a version that cannot is not waited for', async () => {
    makeThree();
    const host = drainHost({
      onPause: () => {
        throw new Error('waited');
      },
    });
    const nomadDrain = await member();
    await nomadDrain.drain(host, await nomadDrain.find(host));
    expect(server.changes()).toHaveLength(1);
  });

  test('the recorded one is alone: it may only go when that is accepted', async () => {
    const host = drainHost();
    const nomadDrain = await member();
    const found = await nomadDrain.find(host);
    expect(await nomadDrain.refuses(host, found)).toBe(
      'Nomad has 1 server and would lose its quorum without one: failure tolerance 0',
    );
    const loose = await member({ may_lose_quorum: true });
    expect(await loose.refuses(host, found)).toBeUndefined();
    expect(await nomadDrain.pending(host, found)).toBeUndefined();
  });

  test('unhealthy autopilot answers 429, and its body counts', async () => {
    makeThree();
    const servers = SERVERS.map((one, index) => ({ ...one, Healthy: index !== 1 }));
    nomad.others.set('GET /v1/operator/autopilot/health', {
      status: 429,
      body: { Healthy: false, FailureTolerance: 0, Servers: servers },
    });
    const host = drainHost();
    const nomadDrain = await member();
    const found = await nomadDrain.find(host);
    expect(await nomadDrain.refuses(host, found)).toBe('b.home of Nomad is not healthy');
  });
});
