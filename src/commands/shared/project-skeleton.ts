import type { SchemaName } from '../../reference/file-schemas.js';
import { schemaPath } from './write-schemas.js';

/** First line of a YAML file in a folder `depth` below the project: where the language server finds its schema. */
function modeline(name: SchemaName, depth: 0 | 1): string {
  return `# yaml-language-server: $schema=${'../'.repeat(depth)}${schemaPath(name)}\n`;
}

/** The files of a new project, by their path in it. They validate as they are. */
export const PROJECT_SKELETON: Readonly<Record<string, string>> = {
  'homelab.yml': `${modeline('homelab', 0)}# Settings of this project. Everything is optional.
playbooks: [playbooks/site.yml]
`,
  'inventory/hosts.yml': `${modeline('inventory', 1)}# Your machines. \`homelab inventory list\` shows them as homelab understands them.

vars:
  domain: home.lan

defaults:
  user: admin
  become: sudo # none, where the user is root

groups:
  servers: {}

hosts:
  # A machine, and one that is reached through it:
  gate: { address: 192.168.1.2 }
  server1: { address: 10.0.1.11, via: gate, groups: [servers] }
`,
  'playbooks/site.yml': `${modeline('playbook', 1)}# What the machines should be. \`homelab tasks\` lists the kinds; \`homelab plan\` shows what would change.

- name: Base
  hosts: all
  tasks:
    - name: Base packages
      package: { names: [htop, tmux] }

    - name: Message of the day
      template: { path: /etc/motd, template: motd.hbs }
`,
  'templates/motd.hbs': `{{host.name}}.{{vars.domain}} runs {{facts.os.name}}.
This machine is kept by homelab: change its inventory, not its files.
`,
  // To the language server a tag is unknown until it is told of it.
  '.vscode/settings.json': `${JSON.stringify({ 'yaml.customTags': ['!secret scalar'] }, null, 2)}\n`,
  '.gitignore': `# Saved plans hold what was read from your machines.
*.plan.json
`,
};
