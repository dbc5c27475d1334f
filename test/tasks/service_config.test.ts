import { describe, expect, test } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { Secret } from '../../src/core/secret.js';
import { versionKey } from '../../src/probes/program-versions.js';
import serviceConfig from '../../src/tasks/service_config.js';
import { ALPINE, fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const PATH = '/etc/pager.d/a.conf';
const BEGAN = 'path:/var/lib/homelab/trials/pager.service/began';
const VERSION = ['pager', 'version'];
const one = { service: 'pager', files: [{ path: PATH, content: 'new\n' }] };

interface Found {
  readonly text?: string | null;
  readonly began?: boolean;
  readonly version?: string | null;
  readonly mode?: string;
}

/** A host with the file as found, or without it. */
function host(
  { text = null, began = false, version, mode = '0644' }: Found,
  facts = undefined as typeof ALPINE | undefined,
) {
  const entry = text === null ? null : fileEntry({ sha256: Content.of(text).sha256, mode });
  const answers: Answers = {
    files: { [PATH]: entry },
    'file-contents': { [PATH]: text === null ? null : { bytes: Buffer.from(text), isComplete: true } },
    existence: { [BEGAN]: began },
    ...(version === undefined ? {} : { 'program-versions': { [versionKey(VERSION)]: version } }),
  };
  return fakeHost(answers, facts === undefined ? {} : { facts });
}

describe('what differs', () => {
  test.each<[string, object, Found, readonly string[]]>([
    ['nothing', one, { text: 'new\n' }, []],
    ['a file that is not there', one, {}, [`${PATH}: null -> new\n`]],
    ['its content', one, { text: 'old\n' }, [`${PATH}: old\n -> new\n`]],
    [
      'its access',
      { service: 'pager', files: [{ path: PATH, content: 'new\n', mode: '0600' }] },
      { text: 'new\n' },
      [`${PATH} mode: 0644 -> 0600`],
    ],
    [
      'a file that is to go',
      { service: 'pager', files: [{ path: PATH, state: 'absent' }] },
      { text: 'old\n' },
      [`${PATH}: present -> null`],
    ],
    ['a trial that was cut off', one, { text: 'new\n', began: true }, ['trial: cut off -> over']],
  ])('%s', async (_name, params, found, changes) => {
    const planned = await plan(serviceConfig, params, host(found));
    expect(planned.changes).toEqual(changes);
    expect(planned.rawSteps).toHaveLength(changes.length > 0 ? 1 : 0);
  });
});

describe('by the installed version', () => {
  const variants = [
    { since: '1.12', content: 'tls\n' },
    { since: '1.9', content: 'ui\n' },
    { content: 'old\n' },
  ];
  const params = { service: 'pager', files: [{ path: PATH, variants }], version: VERSION };

  test.each([
    ['1.12', 'tls\n'],
    ['1.22.1', 'tls\n'],
    ['1.9.0', 'ui\n'],
    ['1.11.9', 'ui\n'],
    ['1.8.7', 'old\n'],
  ])('%s', async (version, content) => {
    const planned = await plan(serviceConfig, params, host({ version }));
    expect(planned.changes).toEqual([`${PATH}: null -> ${content}`]);
  });

  test('it is not known before the program is there', async () => {
    const planned = await plan(serviceConfig, params, host({ version: null }));
    expect(planned.unknown).toBe('pager is not installed');
  });

  test.each([
    [[{ since: '1.9', content: 'a' }, { refuse: 'the sky needs 1.9' }], 'the sky needs 1.9'],
    [
      [
        { since: '1.10', content: 'a' },
        { since: '1.9', content: 'b' },
      ],
      'it needs version 1.9 at least',
    ],
  ])('one that is too old is refused', async (refusing, reason) => {
    const files = [{ path: PATH, variants: refusing }];
    const planning = plan(serviceConfig, { ...params, files }, host({ version: '1.8.7' }));
    await expect(planning).rejects.toMatchObject({
      code: 'task/wrong-version',
      message: expect.stringContaining(reason),
    });
  });
});

test('a secret is in no argument, and not shown', async () => {
  const files = [{ path: PATH, content: new Secret('key=hush\n') }];
  const planned = await plan(serviceConfig, { service: 'pager', files }, host({ text: 'old\n' }));
  const [step] = planned.rawSteps;
  expect(step).toMatchObject({ do: 'run', command: { stdin: expect.any(Secret) } });
  expect(JSON.stringify(step)).not.toContain('hush');
  expect(planned.changes).toEqual([`${PATH}: (hidden) -> (hidden)`]);
});

test('with OpenRC its programs are asked', async () => {
  const planned = await plan(serviceConfig, one, host({}, ALPINE));
  expect(planned.steps.join('')).toMatch(/rc-service pager restart/);
  expect(planned.steps.join('')).not.toMatch(/systemctl restart/);
});

test.each<[string, object, RegExp]>([
  ['a path elsewhere', { ...one, files: [{ path: '/srv/x', content: '' }] }, /below \/etc/],
  ['nothing for a file', { ...one, files: [{ path: PATH }] }, /exactly one of `content` and `variants`/],
  [
    'content for a file that goes',
    { ...one, files: [{ path: PATH, content: '', state: 'absent' }] },
    /holds nothing/,
  ],
  ['a path twice', { ...one, files: [one.files[0], one.files[0]] }, /twice/],
  [
    'variants without a version',
    { ...one, files: [{ path: PATH, variants: [{ content: '' }] }] },
    /needs `version`/,
  ],
  ['a version for nothing', { ...one, version: VERSION }, /nothing depends/],
  ['two checks in one', { ...one, checks: [{ tcp: 53, path: '/x' }] }, /exactly one of/],
  ['no files', { ...one, files: [] }, />=1/],
])('refuses %s', (_name, params, message) => {
  expect(problems(serviceConfig, params).join('\n')).toMatch(message);
});
