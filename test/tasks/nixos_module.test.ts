import { describe, expect, test } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import nixosModule from '../../src/tasks/nixos_module.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const NIXOS = { ...FACT_EXAMPLES, os: { ...FACT_EXAMPLES.os, id: 'nixos', family: 'nixos' } };
const PATH = '/etc/nixos/homelab/web.nix';
const HOOK = '/etc/nixos/homelab.nix';
const CONFIGURATION = '/etc/nixos/configuration.nix';
const STAMP = '/var/lib/homelab-nixos/%2Fetc%2Fnixos%2Fhomelab%2Fweb.nix';
const TEST_STAMP = '/run/homelab-nixos/%2Fetc%2Fnixos%2Fhomelab%2Fweb.nix';
const TEXT = '{ }\n';
const HOOK_TEXT =
  '# Kept by homelab: the modules of its tasks, one a line.\n{\n  imports = [\n    ./homelab/web.nix\n  ];\n}\n';
const EMPTY_HOOK = HOOK_TEXT.replace('    ./homelab/web.nix\n', '');
const IMPORTING = '{ imports = [ ./homelab.nix ]; }\n';
const stampOf = (apply = 'switch', how = 'imported', text = TEXT) =>
  `${apply} ${how} ${Content.of(text).sha256}\n`;

/** A host whose files hold these texts; null: there is none. */
function nixos(found: Readonly<Record<string, string | null>>) {
  const texts = {
    [PATH]: null,
    [HOOK]: null,
    [CONFIGURATION]: IMPORTING,
    [STAMP]: null,
    [TEST_STAMP]: null,
    ...found,
  };
  const entries = Object.entries(texts);
  const answers: Answers = {
    files: Object.fromEntries(
      entries.map(([path, text]) => [
        path,
        text === null
          ? null
          : fileEntry({ sha256: Content.of(text).sha256, mode: path === CONFIGURATION ? '0600' : '0644' }),
      ]),
    ),
    'file-contents': Object.fromEntries(
      entries.map(([path, text]) => [
        path,
        text === null ? null : { bytes: Buffer.from(text), isComplete: true },
      ]),
    ),
  };
  return fakeHost(answers, { facts: NIXOS });
}

const whole = { [PATH]: TEXT, [HOOK]: HOOK_TEXT, [STAMP]: stampOf() };
const check = '(validate nix-instantiate --parse {{candidate}})';
const writeModule = `write ${PATH} 0644 root:root ${JSON.stringify(TEXT)} ${check}`;
const writeHook = (text: string) => `write ${HOOK} 0644 root:root ${JSON.stringify(text)} ${check}`;
const rebuild = (...words: readonly string[]) =>
  expect.stringMatching(`^sh -s -- ${words.join(' ')}[^<]*<[\\s\\S]*nixos-rebuild`);

describe('nixos_module', () => {
  test.each<[string, object, Readonly<Record<string, string | null>>, readonly string[], readonly unknown[]]>(
    [
      ['in sync', {}, whole, [], []],
      [
        'new',
        {},
        { [CONFIGURATION]: '{ imports = [ ]; }\n' },
        [
          'state: absent -> present',
          `content: null -> ${TEXT}`,
          'imported: false -> true',
          'applied: null -> switch',
        ],
        [
          'mkdir -p -- /etc/nixos/homelab',
          writeModule,
          writeHook(HOOK_TEXT),
          `write ${CONFIGURATION} 0600 root:root "{ imports = [ ./homelab.nix ]; }\\n" ${check}`,
          rebuild('switch', STAMP),
        ],
      ],
      [
        'other content',
        {},
        { ...whole, [PATH]: '{ a = 1; }\n' },
        [`content: { a = 1; }\n -> ${TEXT}`, 'applied: null -> switch'],
        ['mkdir -p -- /etc/nixos/homelab', writeModule, rebuild('switch')],
      ],
      [
        'imported no more',
        {},
        { ...whole, [HOOK]: EMPTY_HOOK },
        ['imported: false -> true'],
        [writeHook(HOOK_TEXT), rebuild('switch')],
      ],
      [
        'beside other modules',
        {},
        { ...whole, [HOOK]: HOOK_TEXT.replace('web', 'dns') },
        ['imported: false -> true'],
        [
          writeHook(HOOK_TEXT.replace('    ./homelab/web', '    ./homelab/dns.nix\n    ./homelab/web')),
          rebuild('switch'),
        ],
      ],
      [
        'a rebuild that is owed',
        {},
        { ...whole, [STAMP]: null },
        ['applied: null -> switch'],
        [rebuild('switch')],
      ],
      [
        'rebuilt for the next boot alone',
        {},
        { ...whole, [STAMP]: stampOf('boot') },
        ['applied: null -> switch'],
        [rebuild('switch')],
      ],
      [
        'not imported by us',
        { import: false, apply: 'boot' },
        { [PATH]: TEXT, [STAMP]: stampOf('boot', 'alone'), [CONFIGURATION]: null },
        [],
        [],
      ],
      [
        'until the next boot',
        { apply: 'test' },
        { ...whole, [STAMP]: stampOf('switch') },
        ['applied: null -> test'],
        [rebuild('test', TEST_STAMP)],
      ],
      ['tried', { apply: 'test' }, { ...whole, [STAMP]: null, [TEST_STAMP]: stampOf('test') }, [], []],
      [
        'written, not applied here',
        { apply: 'none' },
        { [HOOK]: HOOK_TEXT },
        ['state: absent -> present', `content: null -> ${TEXT}`],
        ['mkdir -p -- /etc/nixos/homelab', writeModule],
      ],
    ],
  )('%s', async (_name, params, found, changes, steps) => {
    const planned = await plan(nixosModule, { path: PATH, content: TEXT, ...params }, nixos(found));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each<[string, Readonly<Record<string, string | null>>, readonly unknown[]]>([
    ['whole', whole, [writeHook(EMPTY_HOOK), `rm -f -- ${PATH}`, rebuild('switch', STAMP, TEST_STAMP)]],
    ['its file alone', { [PATH]: TEXT }, [`rm -f -- ${PATH}`, rebuild('switch')]],
    ['a rebuild that is owed', { [STAMP]: stampOf() }, [`rm -f -- ${PATH}`, rebuild('switch')]],
  ])('absent: %s', async (_name, found, steps) => {
    const planned = await plan(nixosModule, { path: PATH, state: 'absent' }, nixos(found));
    expect(planned.changes).toEqual(['state: present -> absent']);
    expect(planned.steps).toEqual(steps);
  });

  test('absent and gone', async () => {
    const planned = await plan(
      nixosModule,
      { path: PATH, state: 'absent' },
      nixos({ [CONFIGURATION]: null }),
    );
    expect(planned.changes).toEqual([]);
  });

  test('a template is rendered', async () => {
    const params = { path: PATH, template: 'web.nix.hbs', vars: { port: 80 }, import: false, apply: 'none' };
    const { steps } = await plan(nixosModule, params, nixos({ [CONFIGURATION]: null }));
    expect(steps[1]).toContain(JSON.stringify('web.nix.hbs {"port":80}\n'));
  });

  test.each([
    ['without imports', '{ a = 1; }'],
    ['that is missing', null],
  ])('a configuration %s is not guessed at', async (_name, text) => {
    const host = nixos({ [CONFIGURATION]: text });
    await expect(plan(nixosModule, { path: PATH, content: TEXT }, host)).rejects.toMatchObject({
      code: 'task/no-imports',
    });
  });

  test('needs NixOS', async () => {
    await expect(plan(nixosModule, { path: PATH, content: TEXT }, fakeHost({}))).rejects.toMatchObject({
      code: 'task/unsupported',
    });
  });

  test.each<[string, object, string]>([
    ['no content', { path: PATH }, 'needs exactly one of `content` and `template`'],
    ['two contents', { path: PATH, content: '', template: 'x' }, 'needs exactly one of'],
    ['content of what is absent', { path: PATH, content: '', state: 'absent' }, 'has neither'],
    ['vars without a template', { path: PATH, content: '', vars: {} }, '`vars` are for a `template`'],
    ['another suffix', { path: '/etc/nixos/a.conf', content: '' }, 'has to end in .nix'],
    ['a space', { path: '/etc/nixos/a b.nix', content: '' }, 'has to end in .nix and hold only letters'],
    ['an antiquotation', { path: '/etc/nixos/${x}.nix', content: '' }, 'has to end in .nix'],
    ['the configuration itself', { path: CONFIGURATION, content: '' }, 'is a file that imports modules'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(nixosModule, params).join('\n')).toContain(problem);
  });

  test('touches what it imports by', () => {
    expect(nixosModule.touches?.(nixosModule.params.parse({ path: PATH, content: '' }))).toEqual([
      `path:${PATH}`,
      `path:${HOOK}`,
      `path:${CONFIGURATION}`,
    ]);
  });
});
