import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { credentialName } from '../../src/core/credential-path.js';
import { Secret } from '../../src/core/secret.js';
import { generateKeyPair } from '../../src/secrets/age-library.js';
import { defaultIdentityFile, identityFileToWrite, loadIdentities } from '../../src/secrets/identities.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';

const keys: string[] = [];
let folder: string;

beforeAll(async () => {
  for (let count = 0; count < 4; count++) keys.push((await generateKeyPair()).identity);
  const [a = '', b = '', c = '', d = ''] = keys;
  const closed = (text: string) => ({ text, mode: 0o600 });
  folder = makeProject({
    'a.txt': closed(`# created: today\n# public key: age1x\n${a}\n`),
    'two.txt': closed(`${a}\r\n\r\n  ${b}\n`),
    'c.txt': closed(c),
    'open.txt': { text: a, mode: 0o640 },
    'wrong.txt': closed(`# fine\n${a}\nAGE-SECRET-KEY-1nonsense\n`),
    'empty.txt': closed('# nothing\n'),
    'config/homelab/age.txt': closed(d),
    'home/.config/homelab/age.txt': closed(c),
  });
  mkdirSync(join(folder, 'handed'));
  const handOver = (path: string, text: string) =>
    writeFileSync(join(folder, 'handed', credentialName(join(folder, path))), text, { mode: 0o400 });
  handOver('gone.txt', d);
  handOver('none/.config/homelab/age.txt', a);
});
afterAll(removeProjects);

/** An identity whose checksum is wrong. */
const SLIP = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;

const load = (
  env: Record<string, string>,
  files: readonly string[] = [],
  passphrase?: string,
): Promise<readonly string[]> => {
  const at = (text: string) => text.replaceAll('DIR', folder);
  const whole = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, at(value)]));
  const askSecret = () => Promise.resolve(passphrase === undefined ? undefined : new Secret(passphrase));
  return loadIdentities({ env: { HOME: '/nonexistent', ...whole }, files: files.map(at), askSecret });
};

describe('where identities come from', () => {
  const KEY = (index: number) => `KEY${index}`;
  test.each<[string, Record<string, string>, readonly string[], readonly number[]]>([
    ['nowhere', {}, [], []],
    ['the variable', { HOMELAB_AGE_IDENTITY: KEY(1) }, [], [1]],
    ['the variable, of several lines', { HOMELAB_AGE_IDENTITY: `${KEY(1)}\n# x\n${KEY(2)}\n` }, [], [1, 2]],
    ['an empty variable is none', { HOMELAB_AGE_IDENTITY: '' }, ['DIR/c.txt'], [2]],
    [
      'the variable before everything',
      { HOMELAB_AGE_IDENTITY: KEY(1), HOMELAB_AGE_IDENTITY_FILE: 'DIR/a.txt' },
      ['DIR/c.txt'],
      [1],
    ],
    ['the file of a variable', { HOMELAB_AGE_IDENTITY_FILE: 'DIR/two.txt' }, ['DIR/c.txt'], [0, 1]],
    ['the settings', { XDG_CONFIG_HOME: 'DIR/config' }, ['DIR/c.txt'], [2]],
    ['of several files those that are there', {}, ['DIR/gone.txt', 'DIR/c.txt', 'DIR/a.txt'], [2, 0]],
    ["the user's configuration", { XDG_CONFIG_HOME: 'DIR/config' }, [], [3]],
    ["the user's home", { HOME: 'DIR/home' }, [], [2]],
    ['a credential of that name', { CREDENTIALS_DIRECTORY: 'DIR/handed' }, ['DIR/gone.txt'], [3]],
    ['the file, where no credential is it', { CREDENTIALS_DIRECTORY: 'DIR/handed' }, ['DIR/c.txt'], [2]],
    ["a credential for the user's own", { CREDENTIALS_DIRECTORY: 'DIR/handed', HOME: 'DIR/none' }, [], [0]],
  ])('%s', async (_name, env, files, expected) => {
    const withKeys = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        value.replaceAll(/KEY(\d)/g, (_all, at) => keys[Number(at)] ?? ''),
      ]),
    );
    expect(await load(withKeys, files)).toEqual(expected.map((index) => keys[index]));
  });

  test.each<[string, Record<string, string>, readonly string[], string, RegExp]>([
    ['no such file', { HOMELAB_AGE_IDENTITY_FILE: 'DIR/gone.txt' }, [], 'no-identity-file', /keygen/],
    ['none of the files', {}, ['DIR/gone.txt', 'DIR/lost.txt'], 'no-identity-file', /keygen/],
    ['open to the group', {}, ['DIR/open.txt'], 'identity-readable', /chmod 600 .*open\.txt/],
    ['a line that is no key', {}, ['DIR/wrong.txt'], 'bad-identity', /AGE-SECRET-KEY-1…/],
    ['no key at all', {}, ['DIR/empty.txt'], 'bad-identity', /keygen/],
    ['a key with a slip of the pen', { HOMELAB_AGE_IDENTITY: SLIP }, [], 'bad-identity', /AGE-SECRET-KEY-1…/],
    ['no key in the variable', { HOMELAB_AGE_IDENTITY: 'hunter2-hunter2' }, [], 'bad-identity', /keygen/],
  ])('%s', async (_name, env, files, code, hint) => {
    const thrown = await load(env, files).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: `secret/${code}`, hint: expect.stringMatching(hint) });
    expect((thrown as Error).message).not.toMatch(/nonsense|hunter2|QQQ/i);
  });

  test('is named by its line where it is wrong', async () => {
    await expect(load({}, ['DIR/wrong.txt'])).rejects.toThrow(/line 3/);
  });
});

describe('an identity file with a passphrase', () => {
  let locked: string;
  beforeAll(async () => {
    const { Encrypter, armor } = await import('age-encryption');
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(10);
    encrypter.setPassphrase('correct horse');
    locked = join(folder, 'locked.age');
    const bytes = await encrypter.encrypt(`${keys[1]}\n`);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(locked, armor.encode(bytes), { mode: 0o600 });
  });

  test('is asked for it', async () => {
    expect(await load({}, [locked], 'correct horse')).toEqual([keys[1]]);
  });

  test.each([
    ['a wrong one', 'battery', /does not open/],
    ['nobody answers', undefined, /no passphrase was given/],
  ])('%s', async (_name, passphrase, message) => {
    const thrown = await load({}, [locked], passphrase).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'secret/bad-passphrase', message: expect.stringMatching(message) });
  });
});

describe('where a new one is written', () => {
  test.each<[string, Record<string, string>, readonly string[], string]>([
    ['named by a variable', { HOMELAB_AGE_IDENTITY_FILE: '/k/a.txt' }, ['/s/b.txt'], '/k/a.txt'],
    ['named by the settings', {}, ['/s/b.txt', '/s/c.txt'], '/s/b.txt'],
    ['the user’s own', { XDG_CONFIG_HOME: '/c' }, [], '/c/homelab/age.txt'],
    [
      'a relative XDG_CONFIG_HOME is ignored',
      { XDG_CONFIG_HOME: 'c', HOME: '/h' },
      [],
      '/h/.config/homelab/age.txt',
    ],
  ])('%s', (_name, env, files, expected) => {
    expect(identityFileToWrite({ env, files })).toBe(expected);
  });

  test('is where it would be read', () => {
    mkdirSync(dirname(defaultIdentityFile({ HOME: folder })), { recursive: true });
    chmodSync(folder, 0o700);
    expect(identityFileToWrite({ env: { HOME: folder }, files: [] })).toBe(
      defaultIdentityFile({ HOME: folder }),
    );
  });
});
