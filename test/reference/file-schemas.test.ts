import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT_SKELETON } from '../../src/commands/shared/project-skeleton.js';
import { createRegistry } from '../../src/core/registry.js';
import { createRoleRegistry } from '../../src/core/role-registry.js';
import { fileSchema, SCHEMA_NAMES, type SchemaName } from '../../src/reference/file-schemas.js';
import type { JsonSchema } from '../../src/reference/json-schema.js';
import { loadKinds, loadRoles } from '../../src/reference/kinds.js';
import { parseYaml } from '../../src/yaml/parse-yaml.js';
import { objections } from './draft-07.js';

const registries = { kinds: createRegistry(), roles: createRoleRegistry() };
const kinds = await loadKinds(registries.kinds);
const roles = await loadRoles(registries.roles);
const schemas = new Map<SchemaName, JsonSchema>();

beforeAll(async () => {
  for (const name of SCHEMA_NAMES) schemas.set(name, await fileSchema(name, registries));
});

function saysOf(name: SchemaName, yaml: string): string[] {
  return objections(schemas.get(name) ?? {}, parseYaml(yaml, 'x.yml').value);
}

const ofRepository = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('take', () => {
  test.each<readonly [SchemaName, string]>([
    ['inventory', 'inventory/hosts.yml'],
    ['playbook', 'playbooks/site.yml'],
    ['inventory', 'scripts/demo-local/inventory/hosts.yml'],
    ['playbook', 'scripts/demo-local/playbooks/site.yml'],
    ['inventory', 'test/lab/fixtures/forty/inventory/hosts.yml'],
    ['playbook', 'test/lab/fixtures/forty/playbooks/site.yml'],
  ])('%s: %s of this repository', (name, path) => {
    expect(saysOf(name, ofRepository(path))).toEqual([]);
  });

  test.each<readonly [SchemaName, string]>([
    ['homelab', 'homelab.yml'],
    ['inventory', 'inventory/hosts.yml'],
    ['playbook', 'playbooks/site.yml'],
  ])('%s: %s of a new project, which names it', (name, path) => {
    const text = PROJECT_SKELETON[path] ?? '';
    const up = path.includes('/') ? '../' : '';
    expect(text.split('\n')[0]).toBe(
      `# yaml-language-server: $schema=${up}.homelab/schemas/${name}.schema.json`,
    );
    expect(saysOf(name, text)).toEqual([]);
  });

  test.each(kinds.flatMap(({ kind, task }) => task.examples.map((example) => [kind, example] as const)))(
    'an example of %s: %j',
    (kind, example) => {
      const items = { tasks: [{ [kind]: example }], actions: { one: { [kind]: example } } };
      expect(objections(schemas.get('playbook') ?? {}, [{ name: 'P', hosts: 'all', ...items }])).toEqual([]);
    },
  );

  test.each(roles.flatMap(({ name, role }) => role.examples.map((example) => [name, example] as const)))(
    'an example of the role %s: %j',
    (name, example) => {
      const entries = [name, { role: name, when: { arch: 'amd64' }, tags: 'a', ...(example as object) }];
      expect(
        objections(schemas.get('playbook') ?? {}, [{ name: 'P', hosts: 'all', roles: entries }]),
      ).toEqual([]);
    },
  );

  test.each<readonly [SchemaName, string]>([
    ['homelab', '{}'],
    ['homelab', 'x-mine: {}\nplaybooks: a.yml\nconcurrency: 3'],
    ['inventory', 'hosts: { gate: , dns1: { via: gate, vars: , x-rack: 3 } }\ngroups: { dns: }\nx-note: a'],
    ['inventory', 'hosts: { a: { via: [b, c], port: 22 } }\ngroups: { g: { max_unavailable: 25% } }'],
    ['vars', 'any: { thing: [1, 2] }'],
    ['playbook', '[]'],
    ['playbook', item('file: "{{vars.file}}"')],
    ['playbook', item('file: { path: "{{vars.path}}", mode: "{{vars.mode}}", backup: "{{vars.yes}}" }')],
    ['playbook', item('package: { names: ["{{vars.one}}", htop] }')],
    ['playbook', item('package: { names: "{{vars.all}}", state: "{{vars.state}}" }')],
    ['playbook', item('wait_for: { tcp: 22, timeout: "{{vars.seconds}}" }')],
    ['playbook', item('firewall: { rules: [{ allow: "{{vars.port}}", comment: "{{vars.long}}" }] }')],
    ['playbook', item('reboot:')],
    ['playbook', item('link: { path: /a, target: /b, x-why: c }\n      x-mine: 1')],
    [
      'playbook',
      item(
        "link: { path: /a, target: /b }\n      each: '{{vars.list}}'\n      when: { not: { changed: a } }",
      ),
    ],
  ])('%s: %s', (name, yaml) => {
    expect(saysOf(name, yaml)).toEqual([]);
  });
});

describe('refuse', () => {
  test.each<readonly [name: SchemaName, what: string, yaml: string, at: string]>([
    ['homelab', 'an unknown key', 'playbook: [a.yml]', '/playbook'],
    ['homelab', 'a wrong type', 'concurrency: many', '/concurrency'],
    ['inventory', 'an unknown key', 'host: {}', '/host'],
    ['inventory', 'an unknown key of a host', 'hosts: { a: { adress: b } }', '/hosts/a/adress'],
    ['inventory', 'a wrong word', 'hosts: { a: { become: su-do } }', '/hosts/a/become'],
    ['inventory', 'a port that is none', 'defaults: { port: 70000 }', '/defaults/port'],
    ['vars', 'a list', '[a]', ''],
    ['playbook', 'a mapping', 'name: P', ''],
    ['playbook', 'a play without hosts', '- name: P', ''],
    ['playbook', 'an unknown role', '- { name: P, hosts: all, roles: [tmie] }', '/0/roles/0'],
    ['playbook', 'no role', '- { name: P, hosts: all, roles: [{ servers: [a] }] }', '/0/roles/0'],
    [
      'playbook',
      'an unknown parameter of a role',
      '- { name: P, hosts: all, roles: [{ role: time, sevrers: [a] }] }',
      '/0/roles/0',
    ],
    [
      'playbook',
      'a key of an item in a role',
      '- { name: P, hosts: all, roles: [{ role: time, once: true }] }',
      '/0/roles/0',
    ],
    ['playbook', 'an unknown kind', item('fiel: { path: /a }'), ''],
    ['playbook', 'no kind', item('name: a'), ''],
    ['playbook', 'two kinds', item('file: { path: /a }\n      link: { path: /a, target: /b }'), ''],
    ['playbook', 'an unknown parameter', item('file: { path: /a, contents: b }'), ''],
    ['playbook', 'a missing parameter', item('link: { target: /b }'), ''],
    ['playbook', 'nothing where something is needed', item('link:'), ''],
    ['playbook', 'a wrong type', item('package: { names: { a: b } }'), ''],
    ['playbook', 'a wrong word', item('package: { names: [a], state: gone }'), ''],
    ['playbook', 'a number as text', item("wait_for: { tcp: 22, timeout: '60' }"), ''],
    [
      'playbook',
      'a key of an item in an action',
      '- name: P\n  hosts: all\n  actions: { a: { reboot: , tags: b } }',
      '',
    ],
    ['playbook', 'a template where none is rendered', item("reboot:\n      once: '{{vars.x}}'"), ''],
  ])('%s: %s', (name, _what, yaml, at) => {
    const found = saysOf(name, yaml);
    expect(found).not.toEqual([]);
    expect(found.every((one) => one.startsWith(at))).toBe(true);
  });
});

test('describe every key, and have no reference into nowhere', () => {
  const undescribed: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { properties, $ref } = value as JsonSchema;
    if ($ref !== undefined)
      expect(schemas.get('playbook')?.definitions).toHaveProperty([$ref.replace('#/definitions/', '')]);
    for (const [name, one] of Object.entries(properties ?? {}))
      if ((one.description ?? '') === '') undescribed.push(`${path}/${name}`);
    for (const [key, inner] of Object.entries(value))
      if (!['examples', 'default'].includes(key)) visit(inner, `${path}/${key}`);
  };
  for (const [name, schema] of schemas) visit(schema, name);
  expect(undescribed).toEqual([]);
});

/** A playbook of one item. */
function item(text: string): string {
  return `- name: P\n  hosts: all\n  tasks:\n    - ${text}\n`;
}
