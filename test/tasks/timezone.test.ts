import { describe, expect, test } from '@jest/globals';
import type { FileEntry } from '../../src/probes/files.js';
import timezone from '../../src/tasks/timezone.js';
import { ALPINE, fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const ZONE = '/usr/share/zoneinfo/Europe/Berlin';
const linkTo = (target: string) => fileEntry({ type: 'link', target });
const having = (
  link: FileEntry | null,
  name: string | null,
  zone: FileEntry | null = fileEntry(),
): Answers => ({
  files: { [ZONE]: zone, '/etc/localtime': link, '/etc/timezone': name === null ? null : fileEntry() },
  'file-contents': {
    '/etc/timezone': name === null ? null : { bytes: Buffer.from(name), isComplete: true },
  },
});
const relink = `ln -sfn -- ${ZONE} /etc/localtime`;

describe('timezone', () => {
  test.each<[string, Answers, readonly string[], readonly string[]]>([
    ['in sync', having(linkTo(ZONE), 'Europe/Berlin\n'), [], []],
    ['in sync, a relative link, no file of its name', having(linkTo(`..${ZONE}`), null), [], []],
    [
      'another zone',
      having(linkTo('/usr/share/zoneinfo/Etc/UTC'), 'Etc/UTC\n'),
      ['zone: Etc/UTC -> Europe/Berlin', 'name_file: Etc/UTC -> Europe/Berlin'],
      ['write /etc/timezone 0644 : "Europe/Berlin\\n"', relink],
    ],
    ['none', having(null, null), ['zone: null -> Europe/Berlin'], [relink]],
    ['a copy', having(fileEntry(), null), ['zone: a copy -> Europe/Berlin'], [relink]],
    ['a link elsewhere', having(linkTo('/opt/tz'), null), ['zone: /opt/tz -> Europe/Berlin'], [relink]],
    [
      'the name alone',
      having(linkTo(ZONE), ''),
      ['name_file:  -> Europe/Berlin'],
      ['write /etc/timezone 0644 : "Europe/Berlin\\n"'],
    ],
  ])('%s', async (_name, answers, changes, steps) => {
    const planned = await plan(timezone, { name: 'Europe/Berlin' }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('on busybox, whose ln removes before it makes', async () => {
    const host = fakeHost(having(null, null), { facts: ALPINE });
    expect((await plan(timezone, { name: 'Europe/Berlin' }, host)).steps).toEqual([
      `ln -sfn -- ${ZONE} /etc/.homelab-link`,
      'mv -fT -- /etc/.homelab-link /etc/localtime',
    ]);
  });

  test.each([null, fileEntry({ type: 'directory' })])(
    'a zone that is not there may still come',
    async (zone) => {
      const host = fakeHost(having(linkTo(ZONE), null, zone));
      expect((await plan(timezone, { name: 'Europe/Berlin' }, host)).unknown).toMatch(
        /is no zone here.*tzdata/,
      );
    },
  );

  test('a directory in its place is refused', async () => {
    const host = fakeHost(having(fileEntry({ type: 'directory' }), null));
    await expect(plan(timezone, { name: 'Europe/Berlin' }, host)).rejects.toMatchObject({
      code: 'task/wrong-type',
    });
  });

  test.each(['', '../shadow', 'Europe/../x', '/etc/passwd', '-x', 'Europe/Berlin\n', 'a//b', 'Europe/'])(
    '%j is refused',
    (name) => {
      expect(problems(timezone, { name })).not.toEqual([]);
    },
  );

  test.each(['UTC', 'Etc/GMT+12', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince'])(
    '%s is taken',
    (name) => {
      expect(problems(timezone, { name })).toEqual([]);
    },
  );
});
