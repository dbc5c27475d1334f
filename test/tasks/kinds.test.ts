import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { createRegistry } from '../../src/core/registry.js';

const registry = createRegistry();

/** The kinds and the parameters that each of them takes at least: what playbooks may rely on. */
const PARAMETERS: Readonly<Record<string, string>> = {
  package: 'names state cache_max_age',
  package_repository: 'name uri suites components architectures key key_url key_fingerprint state',
  file: 'path content source mode owner group state validate backup sensitive',
  template: 'path template vars mode owner group state validate backup sensitive',
  directory: 'path mode owner group state purge',
  permissions: 'paths at_most owner group',
  link: 'path target state',
  line: 'path line match after before state create',
  block: 'path id content after before state create',
  setting: 'path section key value format state',
  user: 'name uid group groups groups_exclusive not_in_groups if_present shell home system password_hash locked state remove_home',
  group: 'name gid system state',
  authorized_keys: 'user keys exclusive options state',
  service: 'name state enabled masked if_present unless_active restart reload',
  service_config: 'service files version validate sandbox apply checks keeps timeout',
  systemd_unit: 'name content enabled state',
  cron: 'name user schedule command env state',
  sysctl: 'settings file ignore_missing',
  sshd_config: 'settings match file state',
  sshd_port: 'port others',
  mount: 'path source type options state',
  mount_options: 'path options',
  hosts_entry: 'address names state',
  hostname: 'name',
  timezone: 'name',
  locale: 'name state',
  kernel_module: 'name state',
  command: 'argv shell creates removes unless only_if always cwd env stdin success_codes sensitive',
  download: 'url path sha256 mode owner group',
  archive: 'source path creates strip',
  git: 'repository path revision',
  firewall: 'ruleset zones rules guarded spare_listeners',
  reboot: 'when timeout',
  wait_for: 'tcp http dns command path timeout interval',
  assert: 'that message',
  compose: 'path content template pull state',
  nixos_module: 'path content template import apply',
};

interface JsonSchema {
  readonly type?: string;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
}

test('are these', () => {
  expect(registry.kinds()).toEqual(Object.keys(PARAMETERS).toSorted());
});

describe.each(registry.kinds())('%s', (kind) => {
  test('has a test file', () => {
    expect(existsSync(fileURLToPath(new URL(`${kind}.test.ts`, import.meta.url)))).toBe(true);
  });

  test('has examples that its schema takes', async () => {
    const task = await registry.load(kind);
    expect(task.examples.length).toBeGreaterThan(0);
    for (const example of task.examples)
      expect(task.params.safeParse(example)).toMatchObject({ success: true });
  });

  test('is strict, and describes every parameter', async () => {
    const { params, summary } = await registry.load(kind);
    const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(schema.properties ?? {})).toEqual(
      expect.arrayContaining((PARAMETERS[kind] ?? '').split(' ')),
    );
    const undescribed = Object.entries(schema.properties ?? {}).filter(
      ([, { description = '' }]) => description === '',
    );
    expect(undescribed).toEqual([]);
    expect(summary).toMatch(/^[A-Z][^\n]{5,100}[^.\n]$/);
  });
});
