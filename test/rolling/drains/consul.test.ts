import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  adapterWith,
  closeHosts,
  drainHost,
  startStandIn,
  type StandIn,
  type StandInAnswer,
} from './drain-host.js';

const NAMES = ['c1', 'c2', 'c3'];
/** As three servers of Consul 1.8.7 answered, in what the adapter reads. */
const SERVERS = NAMES.map((name, index) => ({
  ID: `id-${name}`,
  Name: name,
  Node: name,
  Address: `10.0.0.1${index}:8300`,
  SerfStatus: 'alive',
  Version: '1.8.7',
  Leader: name === 'c2',
  LastContact: '45ms',
  LastTerm: 2,
  LastIndex: 53,
  Healthy: true,
  Voter: true,
}));

type Server = (typeof SERVERS)[number];

/** A stand-in for an agent of Consul. */
class Consul {
  leader = '10.0.0.11:8300';
  servers: readonly Server[] = SERVERS;
  tolerance = 1;
  appliedIndex = 53;
  isServer = false;
  inMaintenance = false;
  /** Of a check of the service `web`, as agent and servers see it. */
  web: string | undefined = 'passing';
  webAtServers = 'passing';
  alive = 'passing';
  readonly others = new Map<string, StandInAnswer>();

  answer(method: string, path: string): StandInAnswer | undefined {
    const [place = ''] = path.split('?');
    const other = this.others.get(`${method} ${place}`);
    if (other !== undefined) return other;
    if (method === 'PUT' && place === '/v1/agent/maintenance') {
      this.inMaintenance = path.includes('enable=true');
      return { body: null };
    }
    const isHealthy = this.servers.every(({ Healthy }) => Healthy);
    const answers: Readonly<Record<string, StandInAnswer>> = {
      '/v1/agent/self': { body: this.#self() },
      '/v1/agent/services': { body: this.web === undefined ? {} : { web: { Service: 'web', Port: 80 } } },
      '/v1/agent/checks': {
        body: Object.fromEntries(this.#checks(this.web).map((one) => [one.CheckID, one])),
      },
      '/v1/health/node/c1': {
        body: [
          ...this.#checks(this.webAtServers),
          { CheckID: 'serfHealth', Status: this.alive, Name: 'Serf' },
        ],
      },
      '/v1/status/leader': { body: this.leader },
      '/v1/operator/autopilot/health': {
        status: isHealthy ? 200 : 429,
        body: { Healthy: isHealthy, FailureTolerance: this.tolerance, Servers: this.servers },
      },
      '/v1/operator/raft/configuration': { body: { Servers: this.servers, Index: 0 } },
    };
    return method === 'GET' ? answers[place] : undefined;
  }

  #self() {
    const config = { NodeName: 'c1', NodeID: 'id-c1', Server: this.isServer, Version: '1.8.7' };
    const raft = { applied_index: String(this.appliedIndex), state: 'Follower' };
    const tags = { role: this.isServer ? 'consul' : 'node', ...(this.isServer ? { expect: '3' } : {}) };
    return { Config: config, Member: { Name: 'c1', Tags: tags }, Stats: this.isServer ? { raft } : {} };
  }

  #checks(web: string | undefined) {
    return [
      ...(web === undefined ? [] : [{ CheckID: 'web-1', Status: web, Name: 'web tcp', ServiceName: 'web' }]),
      ...(this.inMaintenance ? [{ CheckID: '_node_maintenance', Status: 'critical', Name: 'x' }] : []),
    ];
  }
}

let consul: Consul;
let server: StandIn;

beforeEach(async () => {
  consul = new Consul();
  server = await startStandIn(({ method, path }) => consul.answer(method, path));
});
afterEach(() => server.close());
afterAll(closeHosts);

const adapter = (more: object = {}) => adapterWith('consul', { api: server.base, ...more });
const ON = 'PUT /v1/agent/maintenance?enable=true&reason=upgrade%20by%20homelab';
const OFF = 'PUT /v1/agent/maintenance?enable=false';
const told = () => server.changes().map(([request]) => request);

describe('a client', () => {
  test('goes into maintenance and comes back, twice told or not', async () => {
    const host = drainHost();
    const drain = await adapter({ member: 'client' });
    const found = await drain.find(host);
    expect(found).toEqual({
      node: 'c1',
      server: null,
      services: ['web'],
      passing: ['web-1'],
      isInMaintenance: false,
    });
    expect(drain.describe(found)).toBe('maintenance in Consul: nobody finds web there');
    expect(await drain.refuses(host, found)).toBeUndefined();
    await drain.drain(host, found);
    expect(await drain.pending(host, found)).toBe('c1 is still in maintenance in Consul');
    await drain.undrain(host, found);
    await drain.undrain(host, found);
    expect(told()).toEqual([ON, OFF]);
    expect(await drain.pending(host, found)).toBeUndefined();
  });

  test('what was in maintenance stays there', async () => {
    consul.inMaintenance = true;
    const host = drainHost();
    const drain = await adapter();
    const found = await drain.find(host);
    expect(drain.describe(found)).toBeUndefined();
    await drain.drain(host, found);
    await drain.undrain(host, found);
    expect(told()).toEqual([]);
    expect(await drain.pending(host, found)).toBeUndefined();
    consul.inMaintenance = false;
    expect(await drain.pending(host, found)).toBe('c1 is not in maintenance in Consul');
    await drain.undrain(host, found);
    expect(told()).toEqual([ON]);
  });

  test('the servers have to know before it goes', async () => {
    consul.others.set('GET /v1/health/node/c1', { body: [] });
    const host = drainHost();
    const drain = await adapter();
    await expect(drain.drain(host, await drain.find(host))).rejects.toMatchObject({
      code: 'drain/not-drained',
    });
  });

  test.each<[string, (now: Consul) => void, string | undefined]>([
    ['a check that passed', (now) => (now.web = 'critical'), 'the check web-1 of web is critical in Consul'],
    [
      'as the servers see it',
      (now) => (now.webAtServers = 'warning'),
      'the check web-1 of web is warning in Consul',
    ],
    ['one that its owner took out', (now) => (now.web = undefined), undefined],
    ['its life', (now) => (now.alive = 'critical'), 'the servers of Consul do not find c1 alive'],
    [
      'no leader',
      (now) => now.others.set('GET /v1/health/node/c1', { status: 500, body: 'No cluster leader' }),
      'No cluster leader',
    ],
  ])('is pending for %s', async (_name, change, expected) => {
    const host = drainHost();
    const drain = await adapter();
    const found = await drain.find(host);
    change(consul);
    const why = await drain.pending(host, found);
    if (expected === undefined) expect(why).toBeUndefined();
    else expect(why).toContain(expected);
  });

  test('a check that failed before may go on failing', async () => {
    consul.web = consul.webAtServers = 'critical';
    const host = drainHost();
    const drain = await adapter();
    expect(await drain.pending(host, await drain.find(host))).toBeUndefined();
  });

  test('an agent that is another member than told is an error', async () => {
    await expect((await adapter({ member: 'server' })).find(drainHost())).rejects.toMatchObject({
      code: 'drain/other-member',
      message: 'the agent of Consul on box is a client, and a server was expected',
    });
  });
});

const withServer = (name: string, fields: Partial<Server>): readonly Server[] =>
  SERVERS.map((one) => (one.Name === name ? { ...one, ...fields } : one));

describe('a server', () => {
  beforeEach(() => {
    consul.isServer = true;
    consul.web = undefined;
    consul.webAtServers = 'gone';
  });

  test('without services of its own nothing is moved', async () => {
    const host = drainHost();
    const drain = await adapter({ member: 'server' });
    const found = await drain.find(host);
    expect(found['server']).toEqual({ id: 'id-c1', name: 'c1', isLeader: false, tolerance: 1, voters: 3 });
    expect(drain.describe(found)).toBeUndefined();
    expect(await drain.refuses(host, found)).toBeUndefined();
    await drain.drain(host, found);
    await drain.undrain(host, found);
    expect(told()).toEqual([]);
    expect(await drain.pending(host, found)).toBeUndefined();
  });

  test('services of its own are not found meanwhile', async () => {
    consul.web = consul.webAtServers = 'passing';
    const host = drainHost();
    const drain = await adapter();
    const found = await drain.find(host);
    await drain.drain(host, found);
    await drain.undrain(host, found);
    expect(told()).toEqual([ON, OFF]);
  });

  test.each<[string, (now: Consul) => void, string]>([
    ['there is no leader', (now) => (now.leader = ''), 'the servers of Consul have no leader'],
    [
      'autopilot knows of no leader',
      (now) =>
        now.others.set('GET /v1/operator/autopilot/health', { status: 500, body: 'No cluster leader' }),
      'the servers of Consul have no leader',
    ],
    [
      'another is sick',
      (now) => (now.servers = withServer('c3', { Healthy: false })),
      'c3 of Consul is not healthy',
    ],
    [
      'another has no vote',
      (now) => (now.servers = withServer('c3', { Voter: false })),
      'c3 of Consul has no vote',
    ],
    ['one is gone', (now) => (now.servers = SERVERS.slice(0, 2)), 'Consul has 2 of its 3 servers'],
    [
      'nothing may fail',
      (now) => (now.tolerance = 0),
      'Consul has 3 servers and would lose its quorum without one: failure tolerance 0',
    ],
    [
      'another lags behind',
      (now) => (now.servers = withServer('c3', { LastIndex: 52 })),
      'c3 of Consul has not yet all of the log',
    ],
  ])('stays while %s', async (_name, change, expected) => {
    const host = drainHost();
    const drain = await adapter();
    const found = await drain.find(host);
    change(consul);
    expect(await drain.refuses(host, found)).toBe(expected);
  });

  test('one that catches up with what was there at the first look may let it go', async () => {
    consul.servers = withServer('c3', { LastIndex: 52 });
    const host = drainHost({
      onPause: () => (consul.servers = SERVERS.map((one) => ({ ...one, LastIndex: one.Leader ? 60 : 53 }))),
    });
    const drain = await adapter();
    expect(await drain.refuses(host, await drain.find(host))).toBeUndefined();
  });

  test.each<[string, (now: Consul) => void, string]>([
    ['no leader', (now) => (now.leader = ''), 'the servers of Consul have no leader'],
    ['no peer', (now) => (now.servers = SERVERS.slice(1)), 'c1 is not among the servers of Consul'],
    // As `consul leave` leaves it: healthy for a quarter of a minute before it may vote.
    ['no vote', (now) => (now.servers = withServer('c1', { Voter: false })), 'c1 has no vote in Consul yet'],
    [
      'no health',
      (now) => (now.servers = withServer('c1', { Healthy: false })),
      'c1 is not yet healthy for Consul',
    ],
    ['no tolerance', (now) => (now.tolerance = 0), 'Consul tolerates 0 failures, and tolerated 1'],
    ['another gone', (now) => (now.servers = SERVERS.slice(0, 2)), 'Consul has 2 voters, and had 3'],
    ['no log', (now) => (now.appliedIndex = 50), 'c1 has not yet all of the log of Consul'],
  ])('is pending while there is %s', async (_name, change, expected) => {
    const host = drainHost();
    const drain = await adapter();
    const found = await drain.find(host);
    change(consul);
    expect(await drain.pending(host, found)).toBe(expected);
  });

  test('what autopilot said before it saw the restart does not count', async () => {
    const host = drainHost({ onPause: () => (consul.servers = withServer('c1', { Healthy: false })) });
    const drain = await adapter();
    const found = await drain.find(host);
    expect(await drain.pending(host, found)).toBe('c1 is not yet healthy for Consul');
  });

  test('a leader is told apart, and hands over where its version can', async () => {
    consul.servers = SERVERS.map((one) => ({ ...one, Leader: one.Name === 'c1' }));
    const host = drainHost({ onPause: () => (consul.servers = SERVERS) });
    const drain = await adapter();
    const found = await drain.find(host);
    expect(drain.isLeader(found)).toBe(true);
    await drain.drain(host, found);
    consul.others.set('POST /v1/operator/raft/transfer-leader', { body: { Success: true } });
    await drain.drain(host, found);
    expect(consul.servers).toBe(SERVERS);
    expect(told()).toEqual(Array(2).fill('POST /v1/operator/raft/transfer-leader?id=id-c2'));
    await drain.drain(host, found);
    expect(told()).toHaveLength(2);
  });
});
