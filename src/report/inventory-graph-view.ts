import type { Inventory } from '../core/host-config.js';
import { visibleLine } from './sanitize.js';
import { treeText, type TreeNode } from './tree.js';

interface RouteNode {
  readonly name: string;
  readonly children: Map<string, RouteNode>;
}

function leaf(name: string): TreeNode {
  return { label: visibleLine(name), children: [] };
}

function groupTree(inventory: Inventory): TreeNode {
  const groups = [...inventory.groups.values()].map((group) => ({
    label: visibleLine(group.name),
    children: group.hosts.map(leaf),
  }));
  const alone = [...inventory.hosts.values()].filter((host) => host.groups.length === 0);
  const ungrouped =
    alone.length === 0 ? [] : [{ label: '(no group)', children: alone.map((host) => leaf(host.name)) }];
  return { label: 'groups', children: [...groups, ...ungrouped] };
}

/** Every host below the jump hosts that lead to it, the nearest to us at the top. */
function routes(inventory: Inventory): Map<string, RouteNode> {
  const roots = new Map<string, RouteNode>();
  for (const host of inventory.hosts.values()) {
    let level = roots;
    for (const name of [...(host.via ?? []), host.name]) {
      const node = level.get(name) ?? { name, children: new Map() };
      level.set(name, node);
      level = node.children;
    }
  }
  return roots;
}

function routeTree(nodes: ReadonlyMap<string, RouteNode>): TreeNode[] {
  return [...nodes.values()].map((node) => ({
    label: visibleLine(node.name),
    children: routeTree(node.children),
  }));
}

/** `inventory graph` for a person: groups with their hosts, and the routes by which hosts are reached, as two trees. */
export function inventoryGraphText(inventory: Inventory): string {
  return `${treeText(groupTree(inventory))}\n${treeText({ label: 'routes', children: routeTree(routes(inventory)) })}`;
}

/** `inventory graph` for a program: hosts by group, and for every host the jump hosts that lead to it. */
export function inventoryGraphDocument(inventory: Inventory): Record<string, unknown> {
  return {
    groups: [...inventory.groups.values()].map(({ name, hosts }) => ({ name, hosts })),
    routes: [...inventory.hosts.values()].map(({ name, via }) => ({ host: name, via: via ?? [] })),
  };
}
