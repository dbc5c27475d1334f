import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { homelab, requireBuild } from './homelab-program.js';

const NAMES = ['homelab', 'inventory', 'vars', 'playbook'];
const PATHS = NAMES.map((name) => `.homelab/schemas/${name}.schema.json`);
const HOSTS = { 'inventory/hosts.yml': 'hosts: { gate: }\n' };

beforeAll(requireBuild, 60_000);
afterAll(removeProjects);

describe('schema', () => {
  test('writes what is missing or out of date, and touches nothing else', async () => {
    const cwd = makeProject(HOSTS);
    const first = await homelab(['schema'], { cwd });
    expect(first).toEqual({
      code: 0,
      stderr: '',
      stdout: PATHS.map((path) => `created    ${path}\n`).join(''),
    });
    const [old = '', kept = ''] = PATHS.map((path) => join(cwd, path));
    const right = readFileSync(old, 'utf8');
    writeFileSync(old, '{}');
    const before = statSync(kept, { bigint: true }).mtimeNs;
    const { code, stdout } = await homelab(['schema', '--json'], { cwd: join(cwd, 'inventory') });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      command: 'schema',
      version: 1,
      exitCode: 0,
      dir: cwd,
      files: PATHS.map((path, index) => ({ path, status: index === 0 ? 'updated' : 'unchanged' })),
    });
    expect(readFileSync(old, 'utf8')).toBe(right);
    expect(statSync(kept, { bigint: true }).mtimeNs).toBe(before);
  });

  test.each(NAMES)('%s is printed outside of a project too, as it would be written', async (name) => {
    const { code, stdout, stderr } = await homelab(['schema', name], { cwd: makeProject({}) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const cwd = makeProject(HOSTS);
    await homelab(['schema', '--quiet'], { cwd });
    expect(stdout).toBe(readFileSync(join(cwd, `.homelab/schemas/${name}.schema.json`), 'utf8'));
  });

  test('a name that is none', async () => {
    const { code, stdout, stderr } = await homelab(['schema', 'playbok'], { cwd: makeProject({}) });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toBe('error: there is no schema "playbok"\n  hint: Did you mean playbook?\n');
  });

  test('a folder that cannot be made', async () => {
    const cwd = makeProject({ ...HOSTS, '.homelab': 'a file' });
    const { code, stderr } = await homelab(['schema'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('error: cannot write .homelab/schemas/homelab.schema.json (');
  });

  test('a new project has them, and its files name them', async () => {
    const cwd = makeProject({});
    expect(await homelab(['init', '--yes'], { cwd })).toMatchObject({ code: 0 });
    const { stdout } = await homelab(['schema'], { cwd });
    expect(stdout).toBe(PATHS.map((path) => `unchanged  ${path}\n`).join(''));
    for (const [file, up] of [
      ['homelab.yml', ''],
      ['inventory/hosts.yml', '../'],
      ['playbooks/site.yml', '../'],
    ] as const) {
      const [, schema = ''] =
        /^# yaml-language-server: \$schema=(.*)\n/.exec(readFileSync(join(cwd, file), 'utf8')) ?? [];
      expect(schema.startsWith(up)).toBe(true);
      expect(PATHS).toContain(schema.slice(up.length));
    }
    expect(JSON.parse(readFileSync(join(cwd, '.vscode/settings.json'), 'utf8'))).toEqual({
      'yaml.customTags': ['!secret scalar'],
    });
  });
});
