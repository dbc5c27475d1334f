import { describe, expect, test } from '@jest/globals';
import directory from '../../src/tasks/directory.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const path = '/srv/media';
const there = (options: Parameters<typeof fileEntry>[0] = {}): Answers => ({
  files: { [path]: fileEntry({ type: 'directory', mode: '0755', ...options }) },
});

describe('directory', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', { mode: 755 }, there({ owner: 'media' }), [], []],
    ['new', {}, { files: { [path]: null } }, ['state: absent -> present'], [`mkdir -p -m 0755 -- ${path}`]],
    [
      'new, with everything given',
      { mode: '2775', owner: 'media', group: 'media' },
      { files: { [path]: null } },
      ['state: absent -> present', 'mode: null -> 2775', 'owner: null -> media', 'group: null -> media'],
      [`mkdir -p -m 2775 -- ${path}`, `chown -h -- media:media ${path}`, `chmod 02775 ${path}`],
    ],
    [
      'mode: five digits clear set-group-ID',
      { mode: '0755' },
      there({ mode: '2755' }),
      ['mode: 2755 -> 0755'],
      [`chmod 00755 ${path}`],
    ],
    ['group', { group: 'media' }, there(), ['group: root -> media'], [`chgrp -h -- media ${path}`]],
    ['absent', { state: 'absent' }, there(), ['state: present -> absent'], [`rm -rf -- ${path}`]],
    ['absent and gone', { state: 'absent' }, { files: { [path]: null } }, [], []],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(directory, { path, ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  const purge = async (names: readonly string[] | null, managedPaths?: readonly string[]) =>
    plan(
      directory,
      { path, purge: true },
      fakeHost(
        { ...there(), 'directory-entries': { [path]: names } },
        managedPaths === undefined ? {} : { managedPaths },
      ),
    );

  test('a purge removes what no item keeps, and shows each removal', async () => {
    const managed = [path, `${path}/kept`, `${path}/folder/deep`, `${path}/kep`, '/srv/media2/other'];
    const { changes, steps } = await purge(['*', '-rf', 'a b', 'folder', 'kept', 'kept2', 'other'], managed);
    expect(changes).toEqual(
      ['*', '-rf', 'a b', 'kept2', 'other'].map((name) => `entry.${name}: present -> null`),
    );
    expect(steps).toEqual([`rm -rf -- '${path}/*' ${path}/-rf '${path}/a b' ${path}/kept2 ${path}/other`]);
  });

  test('a purge of what is in order does nothing', async () => {
    expect(await purge(['kept'], [`${path}/kept`])).toMatchObject({ changes: [], steps: [] });
  });

  test('nothing is purged where nobody knows what is managed', async () => {
    await expect(purge(['stray'])).rejects.toMatchObject({ code: 'internal' });
  });

  test('a name that cannot be read is not removed by guess', async () => {
    await expect(purge(['caf\uFFFD'], [])).rejects.toMatchObject({ code: 'task/unreadable-name' });
  });

  test('a file in its place is refused', async () => {
    const host = fakeHost({ files: { [path]: fileEntry() } });
    await expect(plan(directory, { path }, host)).rejects.toMatchObject({ code: 'task/wrong-type' });
  });

  test.each(['/', '/etc', '/usr/bin', '/var/lib', '/home'])('%s is neither removed nor purged', (system) => {
    expect(problems(directory, { path: system, state: 'absent' })).toHaveLength(1);
    expect(problems(directory, { path: system, purge: true })).toHaveLength(1);
    expect(problems(directory, { path: system })).toEqual([]);
  });

  test.each(['/srv/share', '/etc/nginx', '/var/lib/app', '/home/alice'])('%s may be', (own) => {
    expect(problems(directory, { path: own, state: 'absent' })).toEqual([]);
  });

  test('touches its path and the accounts it names', () => {
    const params = directory.params.parse({ path, owner: 'media', group: '44' });
    expect(directory.touches?.(params)).toEqual([`path:${path}`, 'account:media']);
  });
});
