import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import repositoryTask from '../../src/tasks/package_repository.js';
import { HOSTILE_WORDS } from '../hostile-words.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems, project } from './plan-task.js';

const KEY = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZVPx\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n';
const PEM = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n';
const FINGERPRINT = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';
const OTHER = '4704AF8363BA1D2BFCAF68A8E9FA80119AC36C2B';
const FILES = project({ 'k.asc': KEY, 'builder-5f.rsa.pub': PEM, nonsense: 'hello' });
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const hostWith = (manager: string, answers: Answers, codename = 'bookworm') =>
  fakeHost(answers, {
    facts: { ...FACT_EXAMPLES, package_manager: manager, os: { ...FACT_EXAMPLES.os, codename } },
  });

const SOURCES = '/etc/apt/sources.list.d/house.sources';
const LIST = '/etc/apt/sources.list.d/house.list';
const ASC = '/etc/apt/keyrings/house.asc';
const GPG = '/etc/apt/keyrings/house.gpg';

/** A host on which these files are, `[text, mode]`; every other path is empty. */
function hostFiles(
  found: Readonly<Record<string, readonly [text: string, mode?: string]>>,
  paths: readonly string[],
): Answers {
  const entries = paths.map((path) => {
    const [text, mode = '0644'] = found[path] ?? [];
    return [path, text === undefined ? null : fileEntry({ mode, sha256: sumOf(text) })] as const;
  });
  const contents = paths.map((path) => {
    const text = found[path]?.[0];
    return [path, text === undefined ? null : { bytes: Buffer.from(text), isComplete: true }] as const;
  });
  return { files: Object.fromEntries(entries), 'file-contents': Object.fromEntries(contents) };
}

const CAN_FETCH: Answers = { programs: { gpg: true, curl: true, wget: false } };
const APT_PATHS = [SOURCES, LIST, ASC, GPG];
const TEXT =
  '# house, kept by homelab\nTypes: deb\nURIs: https://x.lan/apt\nSuites: bookworm\nComponents: main\n';

const flat = (more: object = {}) => ({ name: 'house', uri: 'https://x.lan/apt', suites: ['./'], ...more });

describe('what is written', () => {
  const written = async (manager: string, params: object, answers: Answers): Promise<string> => {
    const { rawSteps } = await plan(repositoryTask, params, hostWith(manager, answers), FILES);
    const write = rawSteps.findLast((step) => step.do === 'write' && !step.path.includes('keyrings'));
    return write?.do === 'write' ? `${write.path}\n${String(write.body)}` : '';
  };

  test.each<[string, object, string]>([
    ['the least', { name: 'house', uri: 'https://x.lan/apt' }, TEXT],
    [
      'everything',
      {
        name: 'house',
        uri: ['https://x.lan/apt', 'https://y.lan/apt'],
        suites: ['a', 'b'],
        components: ['main', 'extra'],
        architectures: ['amd64', 'arm64'],
        types: ['deb', 'deb-src'],
        enabled: false,
        trusted: true,
      },
      '# house, kept by homelab\nEnabled: no\nTypes: deb deb-src\nURIs: https://x.lan/apt https://y.lan/apt\nSuites: a b\nComponents: main extra\nArchitectures: amd64 arm64\nTrusted: yes\n',
    ],
    [
      'flat, with a key',
      flat({ key: 'k.asc' }),
      `# house, kept by homelab\nTypes: deb\nURIs: https://x.lan/apt\nSuites: ./\nSigned-By: ${ASC}\n`,
    ],
  ])('for apt: %s', async (_name, params, text) => {
    expect(await written('apt', params, hostFiles({}, APT_PATHS))).toBe(`${SOURCES}\n${text}`);
  });

  const YUM = '/etc/yum.repos.d/house.repo';
  const RPM_KEY = '/etc/pki/rpm-gpg/house.asc';
  const ZYPP = '/etc/zypp/repos.d/house.repo';
  const APK = '/etc/apk/repositories.d/house.list';
  const PACMAN = '/etc/pacman.d/house.conf';
  const base = { name: 'house', uri: 'https://x.lan/$basearch' };

  test.each<[string, object, readonly string[], string]>([
    [
      'dnf',
      { ...base, key: 'k.asc' },
      [YUM, RPM_KEY],
      `${YUM}\n# house, kept by homelab\n[house]\nname=house\nbaseurl=https://x.lan/$basearch\nenabled=1\ngpgcheck=1\ngpgkey=file://${RPM_KEY}\n`,
    ],
    [
      'dnf',
      { ...base, uri: ['https://x.lan/a', 'https://x.lan/b'], trusted: true, enabled: false },
      [YUM],
      `${YUM}\n# house, kept by homelab\n[house]\nname=house\nbaseurl=https://x.lan/a\n        https://x.lan/b\nenabled=0\ngpgcheck=0\n`,
    ],
    [
      'zypper',
      base,
      [ZYPP],
      `${ZYPP}\n# house, kept by homelab\n[house]\nname=house\nbaseurl=https://x.lan/$basearch\nenabled=1\ngpgcheck=1\nautorefresh=1\n`,
    ],
    [
      'apk',
      { name: 'house', uri: 'https://x.lan/alpine/', suites: ['v3.20', 'edge'], components: ['main'] },
      [APK],
      `${APK}\n# house, kept by homelab\nhttps://x.lan/alpine/v3.20/main\nhttps://x.lan/alpine/edge/main\n`,
    ],
    [
      'apk',
      { name: 'house', uri: 'file:///srv/apk', key: 'builder-5f.rsa.pub', enabled: false },
      [APK, '/etc/apk/keys/builder-5f.rsa.pub'],
      `${APK}\n# house, kept by homelab\n#/srv/apk\n`,
    ],
  ])('for %s: %j', async (manager, params, paths, text) => {
    expect(await written(manager, params, hostFiles({}, paths))).toBe(text);
  });

  test('for pacman: a file of its own, and the line that includes it', async () => {
    const CONF = '/etc/pacman.conf';
    const answers = hostFiles({ [CONF]: ['[options]\n[core]\n', '0640'] }, [PACMAN, CONF]);
    const params = { name: 'house', uri: 'https://x.lan/$arch', trusted: true };
    const { changes, steps } = await plan(repositoryTask, params, hostWith('pacman', answers));
    expect(changes).toContain(`${CONF}: null -> includes it`);
    expect(steps.slice(1)).toEqual([
      expect.stringMatching(
        /^write \/etc\/pacman\.d\/house\.conf 0644 : "# house, kept by homelab\\n\[house\]\\nSigLevel = Optional TrustAll\\nServer = https:\/\/x\.lan\/\$arch\\n" \(validate sh -c /,
      ) as unknown,
      `write ${CONF} 0640 : "[options]\\n[core]\\nInclude = ${PACMAN}\\n"`,
    ]);
    const gone = hostFiles({ [CONF]: [`[core]\nInclude = ${PACMAN}\n`], [PACMAN]: ['x'] }, [PACMAN, CONF]);
    const undone = await plan(repositoryTask, { name: 'house', state: 'absent' }, hostWith('pacman', gone));
    expect(undone.steps).toEqual([`write ${CONF} 0644 : "[core]\\n"`, `rm -f -- ${PACMAN}`]);
  });

  test.each<[string, object, string, string]>([
    ['dnf', { ...base, suites: ['x'] }, 'suites', ''],
    ['dnf', { ...base, key: 'k.gpg' }, 'armour', ''],
    ['zypper', { ...base, architectures: ['amd64'] }, 'architectures', ''],
    ['apk', { ...base, trusted: true }, 'trusts no', ''],
    ['apk', { ...base, key: 'k.asc' }, 'RSA', ''],
    ['apk', { ...base, key_url: 'https://x.lan/k', key_fingerprint: FINGERPRINT }, 'key_url', ''],
    ['pacman', { ...base, key: 'k.asc' }, 'keyring', ''],
    ['pacman', { ...base, enabled: false }, 'disabled', ''],
    ['nix', base, 'kept for', ''],
    ['apt', base, 'codename', ''],
  ])('%s cannot express %j', async (manager, params, message) => {
    const files = {
      ...FILES,
      read: (path: string) => (path === 'k.gpg' ? Uint8Array.from([0x98, 0x33, 0x04]) : FILES.read(path)),
    };
    await expect(plan(repositoryTask, params, hostWith(manager, {}, ''), files)).rejects.toMatchObject({
      code: 'task/unsupported',
      message: expect.stringContaining(message) as unknown,
    });
  });
});

describe('package_repository on apt', () => {
  const keyed = { name: 'house', uri: 'https://x.lan/apt', key: 'k.asc' };
  const SIGNED = `${TEXT}Signed-By: ${ASC}\n`;
  const fetched = {
    name: 'house',
    uri: 'https://x.lan/apt',
    key_url: 'https://x.lan/key',
    key_fingerprint: FINGERPRINT,
  };
  const withKey = (...prints: readonly string[]): Answers => ({
    ...CAN_FETCH,
    'key-fingerprints': { [ASC]: prints },
  });

  test.each<[string, object, Answers, readonly string[], readonly (string | RegExp)[]]>([
    ['in sync', keyed, hostFiles({ [SOURCES]: [SIGNED], [ASC]: [KEY] }, APT_PATHS), [], []],
    [
      'in sync, with a key that was fetched',
      fetched,
      { ...hostFiles({ [SOURCES]: [SIGNED], [ASC]: ['any'] }, APT_PATHS), ...withKey(FINGERPRINT) },
      [],
      [],
    ],
    [
      'an older form of it',
      keyed,
      hostFiles({ [SOURCES]: [SIGNED], [ASC]: [KEY], [LIST]: ['deb …'] }, APT_PATHS),
      [`${LIST}: present -> null`],
      [`rm -f -- ${LIST}`],
    ],
    [
      'a key that nobody but root can read',
      keyed,
      hostFiles({ [SOURCES]: [SIGNED, '0600'], [ASC]: [KEY, '0600'] }, APT_PATHS),
      ['mode: 0600 -> 0644', 'key_mode: 0600 -> 0644'],
      [`chmod 0644 -- ${ASC}`, `chmod 0644 -- ${SOURCES}`],
    ],
    [
      'another key: the lists are fetched anew with the right one',
      keyed,
      hostFiles({ [SOURCES]: [SIGNED], [ASC]: ['other'] }, APT_PATHS),
      [`key: (hidden) -> (hidden)`],
      [
        'mkdir -p -m 0755 -- /etc/apt/keyrings',
        /^write \/etc\/apt\/keyrings\/house\.asc 0644/,
        /^sh -s -- \/etc\/apt\/sources\.list\.d\/house\.sources house </,
      ],
    ],
    [
      'a fetched key that is another, or has a second one beside it',
      fetched,
      {
        ...hostFiles({ [SOURCES]: [SIGNED], [ASC]: ['other'] }, APT_PATHS),
        ...withKey(OTHER, FINGERPRINT),
      },
      [`key: ${OTHER} ${FINGERPRINT} -> ${FINGERPRINT}`],
      [
        'mkdir -p -m 0755 -- /etc/apt/keyrings',
        new RegExp(`^sh -s -- ${ASC} ${FINGERPRINT} 60 <`),
        /^sh -s -- /,
      ],
    ],
    [
      'switched off: nothing is fetched',
      { ...keyed, enabled: false },
      hostFiles({ [SOURCES]: [SIGNED], [ASC]: [KEY] }, APT_PATHS),
      [`content: ${SIGNED} -> ${SIGNED.replace('Types', 'Enabled: no\nTypes')}`],
      [
        'mkdir -p -m 0755 -- /etc/apt/sources.list.d',
        /^write \/etc\/apt\/sources\.list\.d\/house\.sources 0644 : "[^"]*"$/,
      ],
    ],
    [
      'absent',
      { name: 'house', state: 'absent' },
      hostFiles({ [GPG]: ['key'] }, APT_PATHS),
      ['state: present -> absent'],
      [`rm -f -- ${SOURCES} ${ASC} ${GPG} ${LIST}`],
    ],
    ['absent already', { name: 'house', state: 'absent' }, hostFiles({}, APT_PATHS), [], []],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(repositoryTask, params, hostWith('apt', answers), FILES);
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toHaveLength(steps.length);
    for (const [index, step] of steps.entries())
      if (typeof step === 'string') expect(planned.steps[index]).toBe(step);
      else expect(planned.steps[index]).toMatch(step);
  });

  test('the source is written only after its lists were fetched, a given key only after it was checked', async () => {
    const answers = { ...hostFiles({}, APT_PATHS), ...CAN_FETCH };
    const params = { ...keyed, key_fingerprint: FINGERPRINT };
    const { rawSteps } = await plan(repositoryTask, params, hostWith('apt', answers), FILES);
    const checks = rawSteps.flatMap((step) => (step.do === 'write' ? [step.validate] : []));
    expect(checks).toEqual([
      ['sh', '-c', expect.stringContaining('check_fingerprints'), 'sh', '{{candidate}}', FINGERPRINT],
      ['sh', '-c', expect.stringContaining('apt-get update'), 'sh', '{{candidate}}', 'house'],
    ]);
  });

  test('a binary key has the name that apt wants', async () => {
    const files = { ...FILES, read: () => Uint8Array.from([0x99, 0x01, 0x0d]) };
    const answers = hostFiles({}, APT_PATHS);
    const { steps } = await plan(repositoryTask, keyed, hostWith('apt', answers), files);
    expect(steps[1]).toContain(`write ${GPG} 0644`);
    expect(steps.at(-1)).toContain(`Signed-By: ${GPG}`);
  });

  test('an address with credentials is in no argument and no shown text', async () => {
    const answers = { ...hostFiles({}, APT_PATHS), ...CAN_FETCH, 'key-fingerprints': { [ASC]: null } };
    const params = { ...fetched, key_url: 'https://me:hunter2@x.lan/key' };
    const { rawSteps } = await plan(repositoryTask, params, hostWith('apt', answers));
    expect(JSON.stringify(rawSteps)).not.toContain('hunter2');
  });

  test.each<[string, object, Answers, RegExp]>([
    [
      'no gpg to check a key with',
      { ...keyed, key_fingerprint: FINGERPRINT },
      { ...hostFiles({}, APT_PATHS), programs: { gpg: false } },
      /gpg is not installed/,
    ],
    [
      'no gpg to tell a key with',
      fetched,
      {
        ...hostFiles({ [SOURCES]: [SIGNED], [ASC]: ['x'] }, APT_PATHS),
        programs: { gpg: false, curl: true, wget: true },
        'key-fingerprints': { [ASC]: 'gpg is missing' },
      },
      /gpg is not installed/,
    ],
    [
      'nothing to fetch with',
      fetched,
      {
        ...hostFiles({}, APT_PATHS),
        programs: { gpg: true, curl: false, wget: false },
        'key-fingerprints': { [ASC]: null },
      },
      /neither curl nor wget/,
    ],
  ])('%s: unknown until then', async (_name, params, answers, reason) => {
    expect((await plan(repositoryTask, params, hostWith('apt', answers), FILES)).unknown).toMatch(reason);
  });

  test('a key that lies there already needs no gpg', async () => {
    const answers = {
      ...hostFiles({ [SOURCES]: [SIGNED], [ASC]: [KEY] }, APT_PATHS),
      programs: { gpg: false },
    };
    const params = { ...keyed, key_fingerprint: FINGERPRINT };
    expect(await plan(repositoryTask, params, hostWith('apt', answers), FILES)).toMatchObject({
      unknown: undefined,
      changes: [],
    });
  });

  test('may touch anything', () => {
    expect(repositoryTask.touches).toBeUndefined();
  });
});

describe('parameters', () => {
  const good = { name: 'house', uri: 'https://x.lan/apt' };

  test.each<[string, object]>([
    [
      'a fingerprint as people print it',
      { ...good, key: KEY, key_fingerprint: `0x${FINGERPRINT.toLowerCase()}` },
    ],
    [
      'several of them',
      { ...good, key_url: 'https://x.lan/k', key_fingerprint: [OTHER, 'a b c d e f 0 1 2 3'.repeat(4)] },
    ],
    ['a local address', { ...good, uri: 'file:/srv/apt' }],
    ['an address with variables of dnf', { ...good, uri: 'https://x.lan/$releasever/$basearch/' }],
    ['absent needs no address', { name: 'house', state: 'absent' }],
    ['a key of apk', { ...good, key: PEM }],
  ])('%s', (_name, params) => {
    expect(problems(repositoryTask, params)).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['no address', { name: 'house' }, 'uri: is missing'],
    ['credentials', { ...good, uri: 'https://me:pw@x.lan/' }, 'uri: holds credentials'],
    ['an address over two lines', { ...good, uri: 'https://x\nSigned-By: /x' }, 'uri: '],
    ['a path for an address', { ...good, uri: '/srv/apt' }, 'uri: '],
    [
      'a short fingerprint',
      { ...good, key: KEY, key_fingerprint: '0EBFCD88' },
      'key_fingerprint: must be a whole',
    ],
    ['a key address alone', { ...good, key_url: 'https://x.lan/k' }, 'key_fingerprint: is missing'],
    ['a fingerprint alone', { ...good, key_fingerprint: FINGERPRINT }, 'key_fingerprint: needs'],
    [
      'two keys',
      { ...good, key: KEY, key_url: 'https://x/k', key_fingerprint: FINGERPRINT },
      'key_url: does not go',
    ],
    ['a private key', { ...good, key: KEY.replaceAll('PUBLIC', 'PRIVATE') }, 'key: is a private key'],
    ['half a key', { ...good, key: KEY.slice(0, 60) }, 'key: must be a whole'],
    ['trusted with a key', { ...good, key: KEY, trusted: true }, 'trusted: does not go'],
    ['flat with components', { ...good, suites: ['./'], components: ['main'] }, 'components: a flat'],
    ['flat and not', { ...good, suites: ['./', 'main'] }, 'suites: are flat'],
    ['a suite with a blank', { ...good, suites: ['a b'] }, 'suites.0: '],
    ['an option for a component', { ...good, components: ['-x'] }, 'components.0: '],
    ['an architecture in capitals', { ...good, architectures: ['AMD64'] }, 'architectures.0: '],
    ['another type', { ...good, types: ['rpm'] }, 'types.0: '],
    ["pacman's own section", { ...good, name: 'options' }, 'name: '],
    ['a name that ends in a dot', { ...good, name: 'a.' }, 'name: '],
    ['a name with a bracket', { ...good, name: 'a]' }, 'name: '],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(repositoryTask, params).join('\n')).toContain(problem);
  });

  test.each(HOSTILE_WORDS)('%j is no name, address or suite', (word) => {
    expect(problems(repositoryTask, { ...good, name: word })).not.toEqual([]);
    expect(problems(repositoryTask, { ...good, uri: word })).not.toEqual([]);
    expect(problems(repositoryTask, { ...good, suites: [word] })).not.toEqual([]);
  });

  test('a file that is no public key is refused offline', () => {
    const params = repositoryTask.params.parse({ ...good, key: 'nonsense' });
    expect(() => repositoryTask.prepare?.(params, FILES)).toThrow(
      expect.objectContaining({ code: 'task/bad-key' }),
    );
  });
});

test('what an item makes is what another one with the same parameters waits for, and no other', () => {
  const foresight = (more: object) => {
    const written = { name: 'vendor', uri: 'https://a.example', key: 'a.asc', ...more };
    return repositoryTask.foresight?.(repositoryTask.params.parse(written), null);
  };
  const made = new Set(foresight({})?.makes);
  const waits = (more: object): boolean[] =>
    Object.values(foresight(more)?.doneBy ?? {}).map((thing) => made.has(thing));
  expect(waits({})).toEqual([true, true, true, true]);
  expect(waits({ suites: ['main'] })).toEqual([false, false, false, false]);
  expect([...made]).toContain('packages:offered');
});
