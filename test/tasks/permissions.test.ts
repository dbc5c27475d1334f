import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import permissions from '../../src/tasks/permissions.js';
import { fakeHost, fileEntry } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const having = (entries: Readonly<Record<string, Parameters<typeof fileEntry>[0] | null>>) =>
  fakeHost({
    files: Object.fromEntries(
      Object.entries(entries).map(([path, entry]) => [path, entry === null ? null : fileEntry(entry)]),
    ),
  });
const shadow = { paths: ['/etc/shadow'], at_most: '0640', owner: 'root', group: 'shadow' };
const isShadow = { owner: 'root', group: 'shadow' };

describe('permissions', () => {
  test.each<[string, object, Parameters<typeof having>[0], readonly string[], readonly string[]]>([
    ['as wanted', shadow, { '/etc/shadow': { mode: '0640', ...isShadow } }, [], []],
    ['fewer rights stay', shadow, { '/etc/shadow': { mode: '0600', ...isShadow } }, [], []],
    ['what is not there', shadow, { '/etc/shadow': null }, [], []],
    [
      'a link is not followed',
      shadow,
      { '/etc/shadow': { type: 'link', mode: '0777', target: '/persist/shadow' } },
      [],
      [],
    ],
    [
      'more rights go, none come',
      shadow,
      { '/etc/shadow': { mode: '0604', ...isShadow } },
      ['mode./etc/shadow: 0604 -> 0640'],
      ['chmod 00600 /etc/shadow'],
    ],
    [
      'an owner by name, a group by number',
      { paths: ['/srv/a', '/srv/b'], owner: 'root', group: 0 },
      { '/srv/a': { owner: 'bob', uid: '1000', gid: '7', mode: '0777' }, '/srv/b': {} },
      ['owner./srv/a: bob -> root', 'group./srv/a: 7 -> 0'],
      ['chown -h -- root:0 /srv/a'],
    ],
    [
      'a group alone',
      { paths: ['/srv/a'], group: 'crew' },
      { '/srv/a': {} },
      ['group./srv/a: root -> crew'],
      ['chown -h -- :crew /srv/a'],
    ],
    [
      'what chown takes away is given again, as far as it may be there',
      { paths: ['/srv/a'], owner: 'root', at_most: '4750' },
      { '/srv/a': { mode: '6755', owner: 'bob' } },
      ['mode./srv/a: 6755 -> 4750', 'owner./srv/a: bob -> root'],
      ['chmod 04750 /srv/a', 'chown -h -- root /srv/a', 'chmod 04750 /srv/a'],
    ],
    [
      'a bit that may be there does not come with an owner',
      { paths: ['/srv/a'], owner: 'root', at_most: '4755' },
      { '/srv/a': { mode: '0755', owner: 'bob' } },
      ['owner./srv/a: bob -> root'],
      ['chown -h -- root /srv/a'],
    ],
  ])('%s', async (_name, params, entries, changes, steps) => {
    const planned = await plan(permissions, params, having(entries));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('what cannot be seen is named', async () => {
    await expect(
      plan(permissions, shadow, having({ '/etc/shadow': { type: 'hidden' } })),
    ).rejects.toMatchObject({ code: 'task/permission-denied' });
  });

  test('a mode that is given is never more than what was and what may be', async () => {
    const octal = fc.integer({ min: 0, max: 0o7777 });
    const text = (mode: number) => mode.toString(8).padStart(4, '0');
    await fc.assert(
      fc.asyncProperty(octal, octal, async (found, most) => {
        const { steps, changes } = await plan(
          permissions,
          { paths: ['/a'], at_most: text(most) },
          having({ '/a': { mode: text(found) } }),
        );
        const isLoose = (found & ~most) !== 0;
        expect(changes).toHaveLength(isLoose ? 1 : 0);
        expect(steps).toEqual(isLoose ? [`chmod 0${text(found & most)} /a`] : []);
      }),
    );
  });

  test.each<[string, object, string]>([
    ['nothing asked', { paths: ['/a'] }, 'asks for nothing'],
    ['no path', { paths: [], owner: 'root' }, 'paths: '],
    ['a relative path', { paths: ['a'], owner: 'root' }, 'paths.0: has to be an absolute path'],
    ['twice', { paths: ['/a', '/b', '/a'], owner: 'root' }, 'paths.2: is named twice'],
    ['a mode in words', { paths: ['/a'], at_most: 'o-w' }, 'at_most: must be octal digits'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(permissions, params).join('\n')).toContain(problem);
  });

  test('touches its paths and accounts, and makes none of them', () => {
    const parsed = permissions.params.parse(shadow);
    expect(permissions.touches?.(parsed)).toEqual(['path:/etc/shadow', 'account:root', 'account:shadow']);
    expect(permissions.foresight?.(parsed, null)).toEqual({
      makes: [],
      requires: ['user:root', 'group:shadow'],
      hingesOn: { things: ['path:/etc/shadow'], why: 'its owner and rights show then' },
    });
  });
});
