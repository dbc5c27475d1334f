import { commandsPage, type CommandManifest } from './command-page.js';
import { inventoryPage, playbookPage, settingsPage } from './file-pages.js';
import type { Registries } from './file-schemas.js';
import { kindPage } from './kind-page.js';
import { loadKinds, loadRoles, type NamedKind, type NamedRole } from './kinds.js';
import { table } from './markdown.js';
import { rolePage } from './role-page.js';

/** Every page of `docs/reference`, by its path in that folder. */
export async function referencePages(
  registries: Registries,
  manifest: CommandManifest,
): Promise<ReadonlyMap<string, string>> {
  const kinds = await loadKinds(registries.kinds);
  const roles = await loadRoles(registries.roles);
  return new Map([
    ['README.md', indexPage(kinds, roles)],
    ['commands.md', commandsPage(manifest)],
    ['homelab-yml.md', settingsPage()],
    ['inventory.md', inventoryPage()],
    ['playbook.md', playbookPage()],
    ...kinds.map((kind) => [`kinds/${kind.kind}.md`, kindPage(kind)] as const),
    ...roles.map((role) => [`roles/${role.name}.md`, rolePage(role)] as const),
  ]);
}

function indexPage(kinds: readonly NamedKind[], roles: readonly NamedRole[]): string {
  return [
    '# Reference\n',
    'Made by `npm run reference` of the schemas that check the files: change those, not these pages.\n',
    table(
      ['page', 'is about'],
      [
        ['[commands.md](commands.md)', 'every command, its flags, exit codes'],
        ['[homelab-yml.md](homelab-yml.md)', 'the settings of a project'],
        ['[inventory.md](inventory.md)', 'hosts, groups and variables'],
        ['[playbook.md](playbook.md)', 'plays, roles, items, actions, conditions'],
      ],
    ),
    '## Kinds\n',
    table(
      ['kind', 'keeps'],
      kinds.map(({ kind, task }) => [`[${kind}](kinds/${kind}.md)`, task.summary]),
    ),
    '## Roles\n',
    table(
      ['role', 'keeps'],
      roles.map(({ name, role }) => [`[${name}](roles/${name}.md)`, role.summary]),
    ),
  ].join('\n');
}
