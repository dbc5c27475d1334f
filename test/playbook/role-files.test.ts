import { afterAll, describe, expect, test } from '@jest/globals';
import { roleFiles } from '../../src/playbook/role-files.js';
import { ProjectFolder } from '../../src/playbook/template-folder.js';
import { createRenderer } from '../../src/render/renderer.js';
import { SecretOpener } from '../../src/secrets/secret-opener.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';

afterAll(removeProjects);

function filesOf(files: Readonly<Record<string, string>>) {
  const folder = new ProjectFolder(makeProject(files), new SecretOpener());
  const values = { vars: {}, host: { name: 'nas' }, facts: {}, groups: {} };
  const binding = { folder, renderer: createRenderer(folder), facts: undefined, values };
  return roleFiles('some-role', { ...binding, exampleValues: values });
}

test('a template of the project comes before one of homelab, and knows the host', () => {
  const files = filesOf({ 'templates/some-role/a.conf.hbs': '{{host.name}} {{size}}\n' });
  expect(files.render('a.conf.hbs', { size: 3 })).toBe('nas 3\n');
});

test('files of the project are listed, read and rendered', () => {
  const files = filesOf({ 'apps/wiki/compose.yaml': 'a', 'apps/wiki/conf/x.hbs': '{{name}}', 'apps/y': '' });
  expect(files.list('apps/wiki')).toEqual(['compose.yaml', 'conf/x.hbs']);
  expect(files.read('apps/wiki/compose.yaml')).toEqual(Buffer.from('a'));
  expect(files.renderFile('apps/wiki/conf/x.hbs', { name: 'x' })).toBe('x');
});

describe('errors', () => {
  test.each<readonly [string, (files: ReturnType<typeof filesOf>) => unknown, string]>([
    ['no such template', (files) => files.render('b.hbs', {}), 'playbook/missing-template'],
    ['a folder outside of the project', (files) => files.list('../x'), 'playbook/outside-project'],
    ['a folder that is not there', (files) => files.list('app'), 'playbook/missing-file'],
    ['a file that is not there', (files) => files.read('app'), 'playbook/missing-file'],
  ])('%s', (_name, ask, code) => {
    expect(() => ask(filesOf({ 'apps/wiki/compose.yaml': 'a' }))).toThrow(expect.objectContaining({ code }));
  });
});
