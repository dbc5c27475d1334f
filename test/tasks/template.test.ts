import { describe, expect, test } from '@jest/globals';
import template from '../../src/tasks/template.js';
import { fakeHost, fileEntry } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const path = '/etc/motd';

describe('template', () => {
  test('holds what the template renders to', async () => {
    const host = fakeHost({ files: { [path]: null } });
    const params = { path, template: 'motd.hbs', vars: { title: 'Hi' }, mode: '0640' };
    const { changes, steps } = await plan(template, params, host);
    expect(changes).toEqual([
      'state: absent -> present',
      'content: null -> motd.hbs {"title":"Hi"}\n',
      'mode: null -> 0640',
    ]);
    expect(steps).toEqual([`write ${path} 0640 : "motd.hbs {\\"title\\":\\"Hi\\"}\\n"`]);
  });

  test('absent needs no template', async () => {
    const host = fakeHost({ files: { [path]: fileEntry() } });
    expect((await plan(template, { path, state: 'absent' }, host)).steps).toEqual([`rm -f -- ${path}`]);
  });

  test('a template is named', () => {
    expect(problems(template, { path })).toEqual(['template: names no template']);
  });

  test('touches its path and the accounts it names', () => {
    const params = template.params.parse({ path, template: 'x', group: 'www' });
    expect(template.touches?.(params)).toEqual([`path:${path}`, 'account:www']);
  });
});
