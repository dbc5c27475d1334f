import type { LabNames } from './lab-id.js';
import type { LabInterface, LabPlan } from './lab-plan.js';

/** Lines for `ip -batch`, and the namespace they are run in; without one: the computer's own. */
export interface NetworkBatch {
  readonly namespace: string | undefined;
  readonly lines: readonly string[];
}

interface Endpoint {
  readonly namespace: string;
  readonly interfaces: readonly LabInterface[];
}

/**
 * What `ip` (ip(8)) has to do for the plan, in order: namespaces, the switch with its bridges and cables, then each
 * end's addresses. Nothing has a route beyond its own networks.
 */
export function networkCommands(plan: LabPlan, names: LabNames): NetworkBatch[] {
  const endpoints = endpointsOf(plan, names);
  const bridgeOf = new Map(plan.networks.map(({ cidr, bridge }) => [cidr, bridge]));
  return [
    {
      namespace: undefined,
      lines: [names.switchNamespace, ...endpoints.map(({ namespace }) => namespace)].map(
        (namespace) => `netns add ${namespace}`,
      ),
    },
    {
      namespace: names.switchNamespace,
      lines: [
        'link set lo up',
        ...plan.networks.flatMap(({ bridge, switchAddress }) => [
          `link add ${bridge} type bridge`,
          `address add ${switchAddress}/24 dev ${bridge}`,
          `link set ${bridge} up`,
        ]),
        ...endpoints.flatMap(({ namespace, interfaces }) =>
          interfaces.flatMap(({ name, port, network }) => [
            `link add ${port} type veth peer name ${name} netns ${namespace}`,
            `link set ${port} master ${bridgeOf.get(network) ?? ''} up`,
          ]),
        ),
      ],
    },
    ...endpoints.map(({ namespace, interfaces }) => ({
      namespace,
      lines: [
        'link set lo up',
        ...interfaces.flatMap(({ name, address }) => [
          `address add ${address}/24 dev ${name}`,
          `link set ${name} up`,
        ]),
        ...(namespace === names.controllerNamespace ? plan.controller.unreachable : []).map(
          (address) => `route add unreachable ${address}/32`,
        ),
      ],
    })),
  ];
}

function endpointsOf(plan: LabPlan, names: LabNames): Endpoint[] {
  return [
    { namespace: names.controllerNamespace, interfaces: plan.controller.interfaces },
    ...plan.machines.map(({ hostname, interfaces }) => ({
      namespace: names.machineNamespace(hostname),
      interfaces,
    })),
  ];
}

/** The text of /etc/hosts for a machine or, without a `hostname`, for the controller. */
export function hostsFile(plan: LabPlan, hostname?: string): string {
  const own = hostname === undefined ? [] : [`127.0.1.1 ${hostname}`];
  const others = plan.names.filter(({ name }) => name !== hostname);
  return [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...own,
    ...others.map(({ address, name }) => `${address} ${name}`),
    '',
  ].join('\n');
}
