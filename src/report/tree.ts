/** A node of a tree that is drawn. */
export interface TreeNode {
  readonly label: string;
  readonly children: readonly TreeNode[];
}

function lines(nodes: readonly TreeNode[], indent: string): string[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    return [
      `${indent}${isLast ? '└── ' : '├── '}${node.label}`,
      ...lines(node.children, `${indent}${isLast ? '    ' : '│   '}`),
    ];
  });
}

/** The tree below `label`, as tree(1) draws it. Ends with a newline. */
export function treeText({ label, children }: TreeNode): string {
  return [label, ...lines(children, '')].map((line) => `${line}\n`).join('');
}
