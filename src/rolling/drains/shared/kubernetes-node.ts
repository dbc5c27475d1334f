import * as z from 'zod';
import type { Kubectl } from './kubectl.js';

const conditionSchema = z.object({ type: z.string(), status: z.string() });

const nodeSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ unschedulable: z.boolean().optional() }).default({}),
  status: z.object({ conditions: z.array(conditionSchema).nullish() }).default({}),
});

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string().default(''),
    annotations: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z.array(z.object({ kind: z.string(), controller: z.boolean().optional() })).nullish(),
    deletionTimestamp: z.string().nullish(),
  }),
  spec: z.object({
    volumes: z.array(z.looseObject({ name: z.string(), emptyDir: z.unknown().optional() })).nullish(),
  }),
  status: z.object({
    phase: z.string().default('Unknown'),
    conditions: z.array(conditionSchema).nullish(),
  }),
});

/** A node as the cluster sees it. */
export interface KubernetesNode {
  readonly isReady: boolean;
  readonly isSchedulable: boolean;
}

/** A pod that is bound to a node, and has not ended. */
export interface KubernetesPod {
  readonly name: string;
  readonly namespace: string;
  /** `daemon`: one on each node, made anew at once. `static`: the node's own. `bare`: nobody makes it anew elsewhere. */
  readonly sort: 'daemon' | 'static' | 'bare' | 'managed';
  readonly hasEmptyDir: boolean;
  readonly isReady: boolean;
}

export async function readNode(kubectl: Kubectl, name: string): Promise<KubernetesNode> {
  const { spec, status } = await kubectl.get(`/api/v1/nodes/${encodeURIComponent(name)}`, nodeSchema);
  return { isReady: isReady(status.conditions), isSchedulable: spec.unschedulable !== true };
}

/** What a pod is in once it does nothing more. */
const ENDED = ['Succeeded', 'Failed'];

/** Pods on a node, those that are about to go among them. */
export async function readPods(kubectl: Kubectl, node: string): Promise<readonly KubernetesPod[]> {
  const path = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`;
  const { items } = await kubectl.get(path, z.object({ items: z.array(podSchema) }));
  return items
    .filter(({ status: { phase } }) => !ENDED.includes(phase))
    .map((pod): KubernetesPod => ({
      name: pod.metadata.name,
      namespace: pod.metadata.namespace,
      sort: sortOf(pod),
      hasEmptyDir: (pod.spec.volumes ?? []).some(({ emptyDir }) => emptyDir !== undefined),
      isReady: isReady(pod.status.conditions),
    }));
}

function isReady(conditions: readonly { type: string; status: string }[] | null | undefined): boolean {
  return (conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function sortOf({
  metadata: { annotations, ownerReferences },
}: z.output<typeof podSchema>): KubernetesPod['sort'] {
  if (annotations?.['kubernetes.io/config.mirror'] !== undefined) return 'static';
  const owner = (ownerReferences ?? []).find(({ controller }) => controller === true);
  if (owner === undefined) return 'bare';
  return owner.kind === 'DaemonSet' ? 'daemon' : 'managed';
}

/** As people write it. */
export function podName({ namespace, name }: KubernetesPod): string {
  return `${namespace}/${name}`;
}

/**
 * Asks the API to end a pod, if its disruption budget lets it, https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 * @returns why it does not yet, undefined: it goes, or is gone
 */
export async function evict(
  kubectl: Kubectl,
  { namespace, name }: KubernetesPod,
): Promise<string | undefined> {
  const [space, pod] = [namespace, name].map(encodeURIComponent);
  const reason = await kubectl.post(`/api/v1/namespaces/${space}/pods/${pod}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
  });
  if (reason === undefined || reason === 'NotFound') return undefined;
  return reason === 'TooManyRequests' ? 'its disruption budget does not let it go' : reason;
}
