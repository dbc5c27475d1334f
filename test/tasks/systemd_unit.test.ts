import { describe, expect, test } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import systemdUnit from '../../src/tasks/systemd_unit.js';
import { ALPINE, fakeHost, fileEntry, unitEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const path = '/etc/systemd/system/beat.service';
const none: Answers = {
  files: { [path]: null },
  units: {
    'beat.service': unitEntry({ loadState: 'not-found', activeState: 'inactive', unitFileState: '' }),
  },
};
const holding = (text: string, unit: Parameters<typeof unitEntry>[0] = {}): Answers => ({
  files: { [path]: fileEntry({ sha256: Content.of(text).sha256 }) },
  'file-contents': { [path]: { bytes: Buffer.from(text), isComplete: true } },
  units: { 'beat.service': unitEntry(unit) },
});
/** Drop-ins of the unit, by folder. */
const dropIns = (found: Readonly<Record<string, readonly string[]>> = {}): Answers => ({
  'directory-entries': Object.fromEntries(
    [
      '/etc/systemd/system',
      '/etc/systemd/system.control',
      '/run/systemd/system',
      '/run/systemd/system.control',
    ].map((folder) => [`${folder}/beat.service.d`, found[folder] ?? null]),
  ),
});
const whole = { content: 'A\n', enabled: true, state: 'running' };

describe('systemd_unit', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', whole, holding('A\n'), [], []],
    [
      'new',
      whole,
      none,
      ['state: absent -> running', 'content: null -> A\n', 'enabled: false -> true'],
      [
        `write ${path} 0644 : "A\\n"`,
        'systemctl daemon-reload',
        'systemctl reenable -- beat.service',
        'systemctl start -- beat.service',
      ],
    ],
    [
      'new, file alone',
      { content: 'A\n' },
      none,
      ['state: absent -> present', 'content: null -> A\n'],
      [`write ${path} 0644 : "A\\n"`, 'systemctl daemon-reload'],
    ],
    [
      'other content: links of its [Install] are made anew, it is not restarted',
      whole,
      holding('B\n'),
      ['content: B\n -> A\n'],
      [
        `write ${path} 0644 root:root "A\\n"`,
        'systemctl daemon-reload',
        'systemctl reenable -- beat.service',
      ],
    ],
    [
      'the old file could not be enabled, the new one can',
      { content: 'A\n', enabled: true },
      holding('B\n', { unitFileState: 'static' }),
      ['content: B\n -> A\n', 'enabled: false -> true'],
      [
        `write ${path} 0644 root:root "A\\n"`,
        'systemctl daemon-reload',
        'systemctl reenable -- beat.service',
      ],
    ],
    [
      'a reload that an earlier run owed',
      whole,
      holding('A\n', { isReloadNeeded: true }),
      ['daemon_reload: needed -> done'],
      ['systemctl daemon-reload'],
    ],
    [
      'stopped',
      { ...whole, state: 'stopped' },
      holding('A\n'),
      ['state: running -> stopped'],
      ['systemctl stop -- beat.service'],
    ],
    [
      'disabled',
      { ...whole, enabled: false },
      holding('A\n'),
      ['enabled: true -> false'],
      ['systemctl disable -- beat.service'],
    ],
    [
      'absent',
      { state: 'absent' },
      holding('A\n'),
      ['state: present -> absent'],
      ['systemctl disable --now -- beat.service', `rm -f -- ${path}`, 'systemctl daemon-reload'],
    ],
    ['absent and gone', { state: 'absent' }, none, [], []],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(systemdUnit, { name: 'beat.service', ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  describe('drop-ins', () => {
    const own = '/etc/systemd/system/beat.service.d';
    const found = dropIns({
      '/etc/systemd/system': ['kept.conf', 'override.conf', 'override.conf.bak'],
      '/run/systemd/system.control': ['50-CPUWeight.conf'],
    });
    const seen = [
      `override.${own}/override.conf: present -> null`,
      'override./run/systemd/system.control/beat.service.d/50-CPUWeight.conf: present -> null',
    ];
    const removed = [
      `rm -f -- ${own}/override.conf /run/systemd/system.control/beat.service.d/50-CPUWeight.conf`,
      'systemctl daemon-reload',
    ];
    const managedPaths = [`${own}/kept.conf`];
    test.each<[string, object, Answers, readonly string[] | undefined, readonly string[], readonly string[]]>(
      [
        ['none', whole, { ...holding('A\n'), ...dropIns() }, [], [], []],
        [
          'by hand: they go, those of other items stay',
          whole,
          { ...holding('A\n'), ...found },
          managedPaths,
          seen,
          removed,
        ],
        [
          'kept by wish, unasked for',
          { ...whole, keep_overrides: true },
          holding('A\n'),
          managedPaths,
          [],
          [],
        ],
        ['of which nobody knows whose they are, unasked for', whole, holding('A\n'), undefined, [], []],
        [
          'of a unit that goes, unasked for',
          { state: 'absent' },
          holding('A\n'),
          managedPaths,
          ['state: present -> absent'],
          ['systemctl disable --now -- beat.service', `rm -f -- ${path}`, 'systemctl daemon-reload'],
        ],
        [
          'that were there before the unit',
          { content: 'A\n' },
          { ...none, ...found },
          managedPaths,
          [...seen, 'state: absent -> present', 'content: null -> A\n'],
          [`write ${path} 0644 : "A\\n"`, ...removed],
        ],
      ],
    )('%s', async (_name, params, answers, kept, changes, steps) => {
      const host = fakeHost(answers, kept === undefined ? {} : { managedPaths: kept });
      const planned = await plan(systemdUnit, { name: 'beat.service', ...params }, host);
      expect(planned.changes.toSorted()).toEqual(changes.toSorted());
      expect(planned.steps).toEqual(steps);
    });
  });

  test('a template is a file that systemd is not asked about', async () => {
    const template = '/etc/systemd/system/beat@.service';
    const host = fakeHost({ files: { [template]: null } });
    const { steps } = await plan(systemdUnit, { name: 'beat@', content: 'A\n' }, host);
    expect(steps).toEqual([`write ${template} 0644 : "A\\n"`, 'systemctl daemon-reload']);
  });

  test('a unit that is static cannot be enabled', async () => {
    const host = fakeHost(holding('A\n', { unitFileState: 'static' }));
    await expect(plan(systemdUnit, { name: 'beat', ...whole }, host)).rejects.toMatchObject({
      code: 'task/cannot-enable',
    });
  });

  test('a masked unit is a link, and refused', async () => {
    const host = fakeHost({ ...none, files: { [path]: fileEntry({ type: 'link', target: '/dev/null' }) } });
    await expect(plan(systemdUnit, { name: 'beat', ...whole }, host)).rejects.toMatchObject({
      code: 'task/wrong-type',
    });
  });

  test('needs systemd', async () => {
    const host = fakeHost({}, { facts: ALPINE });
    await expect(plan(systemdUnit, { name: 'beat', ...whole }, host)).rejects.toMatchObject({
      code: 'task/unsupported',
    });
  });

  test.each<[string, object, string]>([
    ['no content', { name: 'a' }, 'content: is missing'],
    ['content of what is absent', { name: 'a', state: 'absent', content: '' }, 'content: makes no sense'],
    [
      'drop-ins of what is absent',
      { name: 'a', state: 'absent', keep_overrides: true },
      'keep_overrides: makes no sense',
    ],
    ['a path as a name', { name: '../a.service', content: '' }, 'name: is no name of a unit'],
    ['a template that runs', { name: 'a@.service', content: '', state: 'running' }, 'name: is a template'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(systemdUnit, params).join('\n')).toContain(problem);
  });

  test('touches its file and its unit', () => {
    const touched = systemdUnit.touches?.(systemdUnit.params.parse({ name: 'beat', content: '' }));
    expect(touched).toEqual(expect.arrayContaining(['unit:beat.service', `path:${path}`]));
  });
});
