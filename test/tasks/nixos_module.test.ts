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

const OTHER = { path: '/etc/nixos/homelab/dns.nix', content: '{ b = 2; }\n' };
const OTHER_STAMP = '/var/lib/homelab-nixos/%2Fetc%2Fnixos%2Fhomelab%2Fdns.nix';
const OTHER_TEST_STAMP = OTHER_STAMP.replace('/var/lib', '/run');
const BOTH_HOOK = HOOK_TEXT.replace('    ./homelab/web', '    ./homelab/dns.nix\n    ./homelab/web');
const otherWhole = {
  [OTHER.path]: OTHER.content,
  [OTHER_STAMP]: stampOf('switch', 'imported', OTHER.content),
};

/** A host whose files hold these texts; null: there is none. */
function nixos(found: Readonly<Record<string, string | null>>) {
  const texts = {
    [PATH]: null,
    [HOOK]: null,
    [CONFIGURATION]: IMPORTING,
    [STAMP]: null,
    [TEST_STAMP]: null,
    [OTHER.path]: null,
    [OTHER_STAMP]: null,
    [OTHER_TEST_STAMP]: null,
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
/** A step of `nixos-rebuild APPLY` in whose script these lines come, in this order. */
const script = (apply: string, ...lines: readonly string[]) =>
  expect.stringMatching(
    `^sh -s -- nixos-rebuild ${apply} <[\\s\\S]*${lines.map((one) => one.replaceAll(/[$"+()|.]/g, '\\$&')).join('[\\s\\S]*')}`,
  );
const FORGETS = `set -- 2 ${STAMP} ${TEST_STAMP}`;
const ACTIVATES = ['nixos-rebuild test', '"$h_before/bin/switch-to-configuration" test'];
const KEEPS = [
  'readlink -f /run/current-system',
  '--set "$h_system"',
  '"$h_system/bin/switch-to-configuration" boot',
];
const switching = (words: string) => [script('test', words, ...ACTIVATES), script('switch', words, ...KEEPS)];
const switchingTo = (text = TEXT) =>
  switching(`${FORGETS} ${STAMP} '${stampOf('switch', 'imported', text).trim()}'`);
const unswitching = [script('test', ...ACTIVATES), script('switch', ...KEEPS, FORGETS)];

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
          ...switchingTo(),
        ],
      ],
      [
        'other content',
        {},
        { ...whole, [PATH]: '{ a = 1; }\n' },
        [`content: { a = 1; }\n -> ${TEXT}`, 'applied: null -> switch'],
        ['mkdir -p -- /etc/nixos/homelab', writeModule, ...switchingTo()],
      ],
      [
        'imported no more',
        {},
        { ...whole, [HOOK]: EMPTY_HOOK },
        ['imported: false -> true'],
        [writeHook(HOOK_TEXT), ...switchingTo()],
      ],
      [
        'beside other modules',
        {},
        { ...whole, [HOOK]: HOOK_TEXT.replace('web', 'dns') },
        ['imported: false -> true'],
        [
          writeHook(HOOK_TEXT.replace('    ./homelab/web', '    ./homelab/dns.nix\n    ./homelab/web')),
          ...switchingTo(),
        ],
      ],
      [
        'a rebuild that is owed',
        {},
        { ...whole, [STAMP]: null },
        ['applied: null -> switch'],
        [...switchingTo()],
      ],
      [
        'rebuilt for the next boot alone',
        {},
        { ...whole, [STAMP]: stampOf('boot') },
        ['applied: null -> switch'],
        [...switchingTo()],
      ],
      [
        'for the next boot, with so many generations',
        { apply: 'boot', generations: 10 },
        { ...whole, [STAMP]: null },
        ['applied: null -> boot'],
        [
          script(
            'boot',
            'h_generations=10',
            `${FORGETS} ${STAMP} '${stampOf('boot').trim()}'`,
            'nixos-rebuild boot',
            '--delete-generations "+$h_generations"',
            'switch-to-configuration boot',
          ),
        ],
      ],
      [
        'with another module, in sync',
        { others: [OTHER] },
        { ...whole, ...otherWhole, [HOOK]: BOTH_HOOK },
        [],
        [],
      ],
      [
        'with another module that is new',
        { others: [OTHER] },
        whole,
        [
          `content.${OTHER.path}: null -> ${OTHER.content}`,
          'imported: false -> true',
          'applied: null -> switch',
        ],
        [
          'mkdir -p -- /etc/nixos/homelab',
          `write ${OTHER.path} 0644 root:root ${JSON.stringify(OTHER.content)} ${check}`,
          writeHook(BOTH_HOOK),
          ...switching(
            `set -- 4 ${STAMP} ${TEST_STAMP} ${OTHER_STAMP} ${OTHER_TEST_STAMP} ${STAMP} '${stampOf().trim()}' ${OTHER_STAMP} '${stampOf('switch', 'imported', OTHER.content).trim()}'`,
          ),
        ],
      ],
      [
        'with another module that was not applied',
        { others: [OTHER] },
        { ...whole, ...otherWhole, [HOOK]: BOTH_HOOK, [OTHER_STAMP]: stampOf() },
        ['applied: null -> switch'],
        switching('set -- 4'),
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
        [script('test', `${FORGETS} ${TEST_STAMP} '${stampOf('test').trim()}'`, ...ACTIVATES, 'printf')],
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
    ['whole', whole, [writeHook(EMPTY_HOOK), `rm -f -- ${PATH}`, ...unswitching]],
    ['its file alone', { [PATH]: TEXT }, [`rm -f -- ${PATH}`, ...unswitching]],
    ['a rebuild that is owed', { [STAMP]: stampOf() }, [`rm -f -- ${PATH}`, ...unswitching]],
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
    ['others of what is absent', { path: PATH, state: 'absent', others: [OTHER] }, 'has no `others`'],
    ['a module twice', { path: PATH, content: '', others: [{ path: PATH, content: '' }] }, 'twice'],
    [
      'generations of nothing',
      { path: PATH, content: '', apply: 'none', generations: 3 },
      '`generations` are',
    ],
    ['one generation', { path: PATH, content: '', generations: 1 }, '>=2'],
    ['the configuration itself', { path: CONFIGURATION, content: '' }, 'is a file that imports modules'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(nixosModule, params).join('\n')).toContain(problem);
  });

  test.each<readonly [string, readonly string[]]>([
    ['switch', [`path:${STAMP}`, `path:${TEST_STAMP}`, 'nixos:system', 'anything']],
    ['test', [`path:${STAMP}`, `path:${TEST_STAMP}`, 'nixos:system', 'anything']],
    ['boot', [`path:${STAMP}`, `path:${TEST_STAMP}`]],
    ['none', []],
  ])('touches what it imports by, and what it applies: %s', (apply, more) => {
    expect(nixosModule.touches?.(parse({ apply }))).toEqual([
      `path:${PATH}`,
      `path:${HOOK}`,
      `path:${CONFIGURATION}`,
      ...more,
    ]);
  });

  test('only what makes it last waits for a proof', async () => {
    const { rawSteps } = await plan(
      nixosModule,
      { path: PATH, content: TEXT },
      nixos({ ...whole, [STAMP]: null }),
    );
    expect(rawSteps.map((step) => step.do === 'run' && step.isAfterProof)).toEqual([undefined, true]);
  });
});

function parse(params: object) {
  return nixosModule.params.parse({ path: PATH, content: TEXT, ...params });
}

describe('two modules are one item', () => {
  test.each<readonly [string, object, object, object]>([
    ['alike', {}, {}, { path: PATH, others: [OTHER] }],
    [
      'that have others',
      { others: [{ path: '/x.nix', content: '' }] },
      {},
      { others: [{ path: '/x.nix', content: '' }, OTHER] },
    ],
    ['with generations of one', { generations: 5 }, {}, { generations: 5 }],
    ['with generations of both', { generations: 5 }, { generations: 9 }, { generations: 9 }],
  ])('%s', (_name, one, other, expected) => {
    expect(nixosModule.join?.(parse(one), parse({ ...OTHER, ...other }))).toMatchObject(expected);
  });

  test.each<readonly [string, object]>([
    ['applied otherwise', { ...OTHER, apply: 'test' }],
    ['that nobody imports', { ...OTHER, import: false }],
    ['absent', { path: OTHER.path, content: undefined, state: 'absent' }],
    ['of a template', { path: OTHER.path, content: undefined, template: 'x' }],
    ['the same', {}],
  ])('but not %s', (_name, other) => {
    expect(nixosModule.join?.(parse({}), parse(other))).toBeUndefined();
  });
});
