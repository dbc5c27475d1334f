import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bodyBytes } from '../../src/core/content.js';
import { SecretOpener } from '../../src/secrets/secret-opener.js';
import { ProjectFolder } from '../../src/playbook/template-folder.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { told } from './playbook-project.js';

let project: string;
let folder: ProjectFolder;

beforeAll(() => {
  project = makeProject({
    'templates/motd.hbs': 'Hello\n',
    'templates/plain.conf': 'a\n',
    'templates/nginx/site.hbs': 'server\n',
    'templates/image.hbs': 'a\0b',
    'files/a.txt': 'bytes',
    'inventory/hosts.yml': 'hosts: {}\n',
  });
  mkdirSync(join(project, 'templates/empty.hbs'));
  symlinkSync('motd.hbs', join(project, 'templates/link.hbs'));
  folder = new ProjectFolder(project, new SecretOpener());
});
afterAll(removeProjects);

describe('template', () => {
  test.each([
    ['motd.hbs', 'templates/motd.hbs', 'Hello\n'],
    ['motd', 'templates/motd.hbs', 'Hello\n'],
    ['plain.conf', 'templates/plain.conf', 'a\n'],
    ['nginx/site', 'templates/nginx/site.hbs', 'server\n'],
    ['link.hbs', 'templates/link.hbs', 'Hello\n'],
  ])('%s', (name, file, text) => {
    expect(folder.template(name)).toEqual({ name: file, text });
  });

  const none = 'Templates are the files of that folder of the project.';
  test.each([
    ['mtd.hbs', 'missing-template: there is no template "mtd.hbs" in templates/ | Did you mean motd.hbs?'],
    ['mtd', 'missing-template: there is no template "mtd" in templates/ | Did you mean motd?'],
    [
      'nginx/sites',
      'missing-template: there is no template "nginx/sites" in templates/ | Did you mean nginx/site?',
    ],
    ['templates/x', `missing-template: there is no template "templates/x" in templates/ | ${none}`],
    ['../files/a.txt', `missing-template: there is no template "../files/a.txt" in templates/ | ${none}`],
    ['nginx', 'missing-template: there is no template "nginx" in templates/ | Did you mean nginx/site?'],
    ['empty', `missing-template: there is no template "empty" in templates/ | ${none}`],
    ['image', 'not-text: templates/image.hbs is not UTF-8 text | Use `file` with `source` for bytes.'],
  ])('%s: refused', async (name, expected) => {
    expect(await told(() => folder.template(name))).toEqual([`nowhere ${expected}`]);
  });

  test('a project without templates', async () => {
    const empty = new ProjectFolder(makeProject({ templates: 'a file' }), new SecretOpener());
    expect(empty.names()).toEqual([]);
    expect(await told(() => empty.template('x'))).toHaveLength(1);
  });
});

describe('read', () => {
  test.each(['files/a.txt', './files/a.txt', 'files/../files/a.txt'])('%s', (path) => {
    expect(Buffer.from(bodyBytes(folder.read(path))).toString()).toBe('bytes');
  });

  const outside = 'is outside of the project | Copy the file into the project and name it relative to that.';
  test.each([
    ['files/a.tx', 'missing-file: cannot read files/a.tx (ENOENT) | Did you mean files/a.txt?'],
    ['file/a.txt', 'missing-file: cannot read file/a.txt (ENOENT) | Paths are relative to the project.'],
    ['files', 'missing-file: cannot read files (EISDIR) | Paths are relative to the project.'],
    ['../a.txt', `outside-project: ../a.txt ${outside}`],
    ['files/../../a.txt', `outside-project: files/../../a.txt ${outside}`],
    ['..', `outside-project: .. ${outside}`],
    ['/etc/hostname', `outside-project: /etc/hostname ${outside}`],
  ])('%s: refused', async (path, expected) => {
    expect(await told(() => folder.read(path))).toEqual([`nowhere ${expected}`]);
  });
});
