import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { scratchFolder } from '../../transport/local-shell.js';
import {
  adapterWith,
  closeHosts,
  drainHost,
  putProgram,
  startStandIn,
  type HostSketch,
  type SeenRequest,
  type StandIn,
  type StandInAnswer,
} from './drain-host.js';

/** A stand-in for `k3s kubectl` that brings what is asked to a small server, and says no as kubectl does. */
const K3S = (base: string) => `#!/bin/sh
[ "$1" = kubectl ] || exit 64
shift
while case $1 in --kubeconfig) true ;; --*) true ;; *) false ;; esac; do
  [ "$1" = --kubeconfig ] && { config=$2; shift; }
  shift
done
call() {
  out=$(curl -q -s -H "X-Config: $config" -w '\\n%{http_code}' "$@") || { echo 'The connection to the server was refused' >&2; exit 1; }
  status=$(printf '%s\\n' "$out" | tail -n 1)
  body=$(printf '%s\\n' "$out" | sed '$d')
  case $status in
    2??) printf '%s\\n' "$body" ;;
    404) echo "Error from server (NotFound): $body" >&2; exit 1 ;;
    429) echo "Error from server (TooManyRequests): Cannot evict pod as it would violate the pod's disruption budget." >&2; exit 1 ;;
    *) echo "Error from server (Forbidden): $body" >&2; exit 1 ;;
  esac
}
case "$1 $2" in
  'get --raw') call "${base}$3" ;;
  'create --raw') [ "$4 $5" = '-f -' ] || exit 64; call --data-binary @- "${base}$3" ;;
  'patch node') [ "$4 $5" = '--type=merge -p' ] || exit 64; call -X PATCH --data-binary "$6" "${base}/api/v1/nodes/$3" ;;
  *) exit 64 ;;
esac`;

interface PodSketch {
  readonly name: string;
  readonly owner?: string;
  readonly isStatic?: boolean;
  readonly emptyDir?: boolean;
  readonly phase?: string;
  ready?: boolean;
}

/** As the API writes a pod, in what is read of it. */
const pod = ({ name, owner, isStatic, emptyDir, phase, ready }: PodSketch) => ({
  metadata: {
    name,
    namespace: 'house',
    uid: `uid-${name}`,
    ...(isStatic === true ? { annotations: { 'kubernetes.io/config.mirror': 'abc' } } : {}),
    ...(owner === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name, uid: 'x', controller: true }] }),
  },
  spec: {
    nodeName: 'pi4',
    volumes: [
      { name: 'token', projected: { sources: [] } },
      ...(emptyDir === true ? [{ name: 'tmp', emptyDir: {} }] : []),
    ],
  },
  status: {
    phase: phase ?? 'Running',
    conditions: [{ type: 'Ready', status: (ready ?? true) ? 'True' : 'False' }],
  },
});

class Cluster {
  unschedulable = false;
  nodeReady = 'True';
  pods: PodSketch[] = [
    { name: 'web', owner: 'ReplicaSet' },
    { name: 'db-0', owner: 'StatefulSet' },
    { name: 'svclb', owner: 'DaemonSet' },
    { name: 'proxy', isStatic: true },
    { name: 'done', owner: 'Job', phase: 'Succeeded' },
  ];
  /** Pods that their disruption budget keeps. */
  readonly kept = new Set<string>();
  isForbidden = false;

  answer({ method, path, body }: SeenRequest): StandInAnswer | undefined {
    if (this.isForbidden) return { status: 403, body: 'nodes is forbidden' };
    if (method === 'PATCH') {
      this.unschedulable = (body as { spec: { unschedulable: boolean | null } }).spec.unschedulable === true;
      return { body: {} };
    }
    if (path === '/api/v1/nodes/pi4')
      return {
        body: {
          kind: 'Node',
          metadata: { name: 'pi4' },
          spec: { podCIDR: '10.42.0.0/24', ...(this.unschedulable ? { unschedulable: true } : {}) },
          status: { conditions: [{ type: 'Ready', status: this.nodeReady }] },
        },
      };
    if (path === '/api/v1/pods?fieldSelector=spec.nodeName%3Dpi4')
      return { body: { kind: 'PodList', items: this.pods.map(pod) } };
    const [, name = ''] = /^\/api\/v1\/namespaces\/house\/pods\/([^/]+)\/eviction$/.exec(path) ?? [];
    if (name === '') return undefined;
    if (this.kept.has(name)) return { status: 429, body: 'budget' };
    this.pods = this.pods.filter((one) => one.name !== name);
    return { status: 201, body: { kind: 'Status', status: 'Success' } };
  }
}

let cluster: Cluster;
let server: StandIn;
let scratch: ReturnType<typeof scratchFolder>;

beforeEach(async () => {
  cluster = new Cluster();
  server = await startStandIn((request) => cluster.answer(request));
  scratch = scratchFolder();
  putProgram(scratch.path, 'k3s', K3S(server.base));
});
afterEach(async () => {
  await server.close();
  scratch.dispose();
});
afterAll(closeHosts);

const box = (sketch: HostSketch = {}) => drainHost({ ...sketch, path: `${scratch.path}:/usr/bin:/bin` });
const adapter = (more: object = {}) => adapterWith('k3s', { node: 'pi4', ...more });

test('a node is cordoned, emptied of what can go elsewhere, and uncordoned', async () => {
  const host = box();
  const drain = await adapter({ kubeconfig: '/root/kube config' });
  const found = await drain.find(host);
  expect(found).toEqual({ node: 'pi4', isSchedulable: true, pods: 2 });
  expect(drain.describe(found)).toBe('cordons the node pi4 and evicts 2 pods');
  expect(await drain.refuses(host, found)).toBeUndefined();
  await drain.drain(host, found);
  await drain.drain(host, found);
  expect(cluster.pods.map(({ name }) => name)).toEqual(['svclb', 'proxy', 'done']);
  const evicted = (name: string) => [
    `POST /api/v1/namespaces/house/pods/${name}/eviction`,
    { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'house' } },
  ];
  const cordon = 'PATCH /api/v1/nodes/pi4';
  expect(server.changes()).toEqual([
    [cordon, { spec: { unschedulable: true } }],
    evicted('web'),
    evicted('db-0'),
  ]);
  expect(await drain.pending(host, found)).toBe('the node pi4 is still cordoned');
  await drain.undrain(host, found);
  await drain.undrain(host, found);
  expect(server.changes().slice(3)).toEqual([[cordon, { spec: { unschedulable: null } }]]);
  expect(await drain.pending(host, found)).toBeUndefined();
  expect(new Set(server.requests.map(({ headers }) => headers['x-config']))).toEqual(
    new Set(['/root/kube config']),
  );
});

test('a node that was cordoned stays so', async () => {
  cluster.unschedulable = true;
  const host = box();
  const drain = await adapter();
  const found = await drain.find(host);
  await drain.drain(host, found);
  await drain.undrain(host, found);
  expect(cluster.unschedulable).toBe(true);
  expect(await drain.pending(host, found)).toBeUndefined();
});

describe('a disruption budget', () => {
  test('is waited for', async () => {
    cluster.kept.add('web');
    let pauses = 0;
    const host = box({ onPause: () => ++pauses === 3 && cluster.kept.clear() });
    const drain = await adapter();
    await drain.drain(host, await drain.find(host));
    expect(pauses).toBe(4);
  });

  test('that never lets go is told; the node stays cordoned', async () => {
    cluster.kept.add('web');
    const drain = await adapter({ deadline: 4 });
    const host = box();
    await expect(drain.drain(host, await drain.find(host))).rejects.toMatchObject({
      code: 'drain/not-drained',
      message: '1 pod still on pi4 after 4 s: house/web (its disruption budget does not let it go)',
    });
    expect(cluster.unschedulable).toBe(true);
  });
});

test.each<[string, PodSketch, object, string | undefined]>([
  [
    'a pod of nobody',
    { name: 'bare' },
    {},
    'nobody would make house/bare anew elsewhere (`force` evicts them all the same)',
  ],
  ['by force', { name: 'bare' }, { force: true }, undefined],
  [
    'an emptyDir',
    { name: 'tmp', owner: 'ReplicaSet', emptyDir: true },
    {},
    'house/tmp would lose what is in an emptyDir (`delete_emptydir_data` accepts that)',
  ],
  [
    'when asked',
    { name: 'tmp', owner: 'ReplicaSet', emptyDir: true },
    { delete_emptydir_data: true },
    undefined,
  ],
  ['of a daemon', { name: 'tmp', owner: 'DaemonSet', emptyDir: true }, {}, undefined],
])('refuses: %s', async (_name, sketch, more, expected) => {
  cluster.pods = [sketch];
  const drain = await adapter(more);
  const host = box();
  expect(await drain.refuses(host, await drain.find(host))).toBe(expected);
});

test.each<[string, (now: Cluster) => void, string]>([
  ['the node', (now) => (now.nodeReady = 'Unknown'), 'the node pi4 is not ready'],
  [
    'what runs on every node',
    (now) => (now.pods = [{ name: 'svclb', owner: 'DaemonSet', ready: false }]),
    'the pod house/svclb is not ready',
  ],
])('is pending for %s', async (_name, change, expected) => {
  const host = box();
  const drain = await adapter();
  const found = await drain.find(host);
  change(cluster);
  expect(await drain.pending(host, found)).toBe(expected);
});

test('an API that is away is pending; a host without program or account is an error', async () => {
  const host = box();
  const drain = await adapter();
  const found = await drain.find(host);
  cluster.isForbidden = true;
  await expect(drain.pending(host, found)).rejects.toMatchObject({ code: 'drain/refused' });
  await server.close();
  expect(await drain.pending(host, found)).toContain('The connection to the server was refused');
  const bare = scratchFolder();
  await expect(drain.find(drainHost({ path: bare.path }))).rejects.toMatchObject({
    code: 'drain/no-kubectl',
  });
  bare.dispose();
});
