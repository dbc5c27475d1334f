import type { Registry } from '../core/registry.js';
import { commandsPage, type CommandManifest } from './command-page.js';
import { inventoryPage, playbookPage, settingsPage } from './file-pages.js';
import { kindPage } from './kind-page.js';
import { loadKinds, type NamedKind } from './kinds.js';
import { table } from './markdown.js';

/** Every page of `docs/reference`, by its path in that folder. */
export async function referencePages(
  registry: Registry,
  manifest: CommandManifest,
): Promise<ReadonlyMap<string, string>> {
  const kinds = await loadKinds(registry);
  return new Map([
    ['README.md', indexPage(kinds)],
    ['commands.md', commandsPage(manifest)],
    ['homelab-yml.md', settingsPage()],
    ['inventory.md', inventoryPage()],
    ['playbook.md', playbookPage()],
    ...kinds.map((kind) => [`kinds/${kind.kind}.md`, kindPage(kind)] as const),
  ]);
}

function indexPage(kinds: readonly NamedKind[]): string {
  return [
    '# Reference\n',
    'Made by `npm run reference` of the schemas that check the files: change those, not these pages.\n',
    table(
      ['page', 'is about'],
      [
        ['[commands.md](commands.md)', 'every command, its flags, exit codes'],
        ['[homelab-yml.md](homelab-yml.md)', 'the settings of a project'],
        ['[inventory.md](inventory.md)', 'hosts, groups and variables'],
        ['[playbook.md](playbook.md)', 'plays, items, actions, conditions'],
      ],
    ),
    '## Kinds\n',
    table(
      ['kind', 'keeps'],
      kinds.map(({ kind, task }) => [`[${kind}](kinds/${kind}.md)`, task.summary]),
    ),
  ].join('\n');
}
