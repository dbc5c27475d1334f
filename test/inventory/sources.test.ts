import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { isOtherInventory } from '../../src/inventory/sources.js';
import { makeProject, removeProjects, type ProjectFiles } from './project-folder.js';

afterAll(removeProjects);

const one = { 'inventory/hosts.yml': 'hosts: { a: }\n', 'inventory/known_hosts': '', 'other.yml': '' };
const two = { ...one, 'inventory/more.yml': 'hosts: { b: }\n' };

test.each<readonly [string, ProjectFiles, string, string | undefined, boolean]>([
  ['another file', one, 'other.yml', undefined, true],
  ['the only file of the folder', one, 'inventory/hosts.yml', undefined, false],
  ['one of several files of the folder', two, 'inventory/hosts.yml', undefined, true],
  ['the file of the settings', two, 'other.yml', 'other.yml', false],
  ['the folder, where the settings name a file', one, 'inventory/hosts.yml', 'other.yml', true],
  ['a file where there is no inventory', {}, 'other.yml', undefined, true],
])('%s', (_name, files, file, own, expected) => {
  const projectDir = makeProject(files);
  const place = { projectDir, own: own === undefined ? undefined : join(projectDir, own) };
  expect(isOtherInventory(join(projectDir, file), place)).toBe(expected);
});
