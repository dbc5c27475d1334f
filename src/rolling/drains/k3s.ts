import * as z from 'zod';
import { defineDrain, type DrainHost } from '../../core/drain.js';
import { HomelabError } from '../../core/errors.js';
import { absolutePathSchema } from '../../core/path-schema.js';
import { orPending, untilAnswered } from '../api/until-answered.js';
import { kubectlOn, type Kubectl } from './shared/kubectl.js';
import { evict, podName, readNode, readPods, type KubernetesPod } from './shared/kubernetes-node.js';

const params = z.strictObject({
  node: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'must be the name of a node')
    .optional()
    .describe('its name in the cluster; default: the host name of the host'),
  kubeconfig: absolutePathSchema(4095)
    .optional()
    .describe('a file on the host with an account that may drain nodes; default: that of a server of k3s'),
  deadline: z.int().min(1).max(86_400).default(600).describe('seconds that pods have to go'),
  delete_emptydir_data: z
    .boolean()
    .default(false)
    .describe('evict pods whose `emptyDir` volumes are lost by it'),
  force: z.boolean().default(false).describe('evict pods that nobody makes anew elsewhere'),
  timeout: z
    .int()
    .min(1)
    .max(3600)
    .default(180)
    .describe('seconds that the API may take to answer once the host is back'),
});

type K3sParams = z.output<typeof params>;

const foundSchema = z.strictObject({ node: z.string(), isSchedulable: z.boolean(), pods: z.int() });

type K3sFound = z.output<typeof foundSchema>;

const kubectlFor = (host: DrainHost, { kubeconfig }: K3sParams): Kubectl => kubectlOn(host, kubeconfig);

/** Pods that have to go elsewhere: not those of the node itself, which come and go with it. */
async function leaving(kubectl: Kubectl, node: string): Promise<readonly KubernetesPod[]> {
  return (await readPods(kubectl, node)).filter(({ sort }) => sort === 'bare' || sort === 'managed');
}

async function find(host: DrainHost, wanted: K3sParams): Promise<K3sFound> {
  const kubectl = kubectlFor(host, wanted);
  const node = wanted.node ?? host.facts.hostname.toLowerCase();
  const { isSchedulable } = await readNode(kubectl, node);
  return { node, isSchedulable, pods: (await leaving(kubectl, node)).length };
}

function named(pods: readonly KubernetesPod[]): string {
  return pods.slice(0, 5).map(podName).join(', ');
}

async function refuses(host: DrainHost, wanted: K3sParams, { node }: K3sFound): Promise<string | undefined> {
  const pods = await leaving(kubectlFor(host, wanted), node);
  const bare = pods.filter(({ sort }) => sort === 'bare');
  if (bare.length > 0 && !wanted.force)
    return `nobody would make ${named(bare)} anew elsewhere (\`force\` evicts them all the same)`;
  const withData = pods.filter(({ hasEmptyDir }) => hasEmptyDir);
  if (withData.length > 0 && !wanted.delete_emptydir_data)
    return `${named(withData)} would lose what is in an emptyDir (\`delete_emptydir_data\` accepts that)`;
  return undefined;
}

const PAUSE_MS = 2000;

async function drain(host: DrainHost, wanted: K3sParams, { node }: K3sFound): Promise<void> {
  const kubectl = kubectlFor(host, wanted);
  if ((await readNode(kubectl, node)).isSchedulable) await kubectl.setSchedulable(node, false);
  let left: string[] = [];
  for (let waitedMs = 0; waitedMs <= wanted.deadline * 1000; waitedMs += PAUSE_MS) {
    const pods = await leaving(kubectl, node);
    if (pods.length === 0) return;
    left = [];
    for (const pod of pods) {
      const why = await evict(kubectl, pod);
      left.push(`${podName(pod)}${why === undefined ? '' : ` (${why})`}`);
    }
    await host.pause(PAUSE_MS);
  }
  throw new HomelabError({
    code: 'drain/not-drained',
    message: `${left.length} pod${left.length === 1 ? '' : 's'} still on ${node} after ${wanted.deadline} s: ${left.slice(0, 10).join(', ')}`,
    hint: 'See `k3s kubectl get pods,pdb -A`: is there room for them elsewhere? The node stays cordoned.',
    host: host.name,
  });
}

async function undrain(host: DrainHost, wanted: K3sParams, { node, isSchedulable }: K3sFound): Promise<void> {
  const kubectl = kubectlFor(host, wanted);
  await untilAnswered(host, wanted.timeout, async () => {
    const now = await readNode(kubectl, node);
    if (now.isSchedulable !== isSchedulable) await kubectl.setSchedulable(node, isSchedulable);
  });
}

async function pending(
  host: DrainHost,
  wanted: K3sParams,
  { node, isSchedulable }: K3sFound,
): Promise<string | undefined> {
  const kubectl = kubectlFor(host, wanted);
  const now = await readNode(kubectl, node);
  if (!now.isReady) return `the node ${node} is not ready`;
  if (now.isSchedulable !== isSchedulable)
    return `the node ${node} is ${isSchedulable ? 'still' : 'not'} cordoned`;
  const pods = await readPods(kubectl, node);
  const late = pods.find(({ sort, isReady }) => sort === 'daemon' && !isReady);
  return late === undefined ? undefined : `the pod ${podName(late)} is not ready`;
}

/** k3s, and any Kubernetes whose kubectl is on the host: https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/ */
export default defineDrain<K3sParams, K3sFound>({
  summary: 'k3s: the node is cordoned, its pods are evicted as their budgets let them, and it is uncordoned',
  params,
  examples: [
    {},
    { node: 'pi4', deadline: 300, delete_emptydir_data: true },
    { kubeconfig: '/root/drain.kubeconfig', force: true },
  ],
  found: foundSchema,
  find,
  refuses,
  describe: ({ node, pods }) => `cordons the node ${node} and evicts ${pods} pod${pods === 1 ? '' : 's'}`,
  drain,
  undrain,
  pending: (host, wanted, found) => orPending(() => pending(host, wanted, found)),
});
