import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { checkHostKey } from '../../src/transport/host-key-check.js';
import { HostKeyStore, knownHostLine } from '../../src/transport/host-key-store.js';
import { parsePublicKey, type HostKey } from '../../src/transport/known-hosts.js';
import { scratchFolder } from './local-shell.js';
import { makeKey } from './private-sshd.js';

const folder = scratchFolder();
afterAll(() => folder.dispose());
function newKey(name: string, type?: string): HostKey {
  const { line } = makeKey(folder.file(name), type === undefined ? {} : { type });
  return parsePublicKey(line) as HostKey;
}
const [right, wrong, rsa] = [newKey('right'), newKey('wrong'), newKey('rsa', 'rsa')];

const files = {
  project: folder.file('p/inventory/known_hosts'),
  user: folder.file('user'),
  system: folder.file('system'),
};
function write(file: string, lines: readonly string[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
}
beforeEach(() => Object.values(files).forEach((file) => write(file, [])));

const store = (): HostKeyStore =>
  new HostKeyStore({ project: files.project, others: [files.user, files.system] });
const dns1 = { name: 'dns1', knownAs: '10.0.1.11', pinned: [] as HostKey[], files: [] as string[] };
const at = (key: HostKey, marker = ''): string => `${marker}${knownHostLine('10.0.1.11', key)}`;

interface Case {
  readonly name: string;
  readonly pinned?: HostKey[];
  readonly project?: string[];
  readonly user?: string[];
  readonly system?: string[];
  /** Undefined: accepted. */
  readonly code?: string;
}

describe('who the server is', () => {
  const cases: Case[] = [
    { name: 'known by the inventory', pinned: [wrong, right] },
    { name: 'known by the project', project: [at(right)] },
    { name: 'known by the user', user: [at(right)] },
    { name: 'known by the machine', system: [at(right)] },
    { name: 'one of several known keys', user: [at(rsa), at(right)] },
    { name: 'unknown', code: 'host-key-unknown' },
    {
      name: 'known under another name only',
      user: [knownHostLine('[10.0.1.11]:2222', right)],
      code: 'host-key-unknown',
    },
    { name: 'another key in the project', project: [at(wrong)], code: 'host-key-changed' },
    { name: 'another type of key', user: [at(rsa)], code: 'host-key-changed' },
    {
      name: 'the inventory says another, whatever the files say',
      pinned: [wrong],
      user: [at(right)],
      code: 'host-key-changed',
    },
    {
      name: 'the project says another, whatever the user’s file says',
      project: [at(wrong)],
      user: [at(right)],
      code: 'host-key-changed',
    },
    {
      name: 'revoked in the last file, pinned in the first',
      pinned: [right],
      system: [at(right, '@revoked ')],
      code: 'host-key-revoked',
    },
    {
      name: 'revoked by pattern',
      project: [at(right)],
      system: [`@revoked * ${at(right).split(' ').slice(1).join(' ')}`],
      code: 'host-key-revoked',
    },
    { name: 'another key is revoked', project: [at(right)], system: [at(wrong, '@revoked ')] },
    {
      name: 'only a certificate authority is known',
      user: [at(wrong, '@cert-authority ')],
      code: 'host-certificate-only',
    },
    { name: 'a plain key beside the authority', user: [at(wrong, '@cert-authority '), at(right)] },
  ];
  test.each(cases)('$name', async ({ pinned = [], project = [], user = [], system = [], code }) => {
    write(files.project, project);
    write(files.user, user);
    write(files.system, system);
    for (const acceptNew of [false, true]) {
      if (acceptNew && code === 'host-key-unknown') continue;
      const checked = checkHostKey({ ...dns1, pinned }, right, { store: store(), acceptNew });
      if (code === undefined) await expect(checked).resolves.toBeUndefined();
      else await expect(checked).rejects.toMatchObject({ code: `transport/${code}`, host: 'dns1' });
    }
    // Whatever the policy: nothing is pinned for a host that something is known about.
    expect(readFileSync(files.project, 'utf8')).toBe(project.map((line) => `${line}\n`).join(''));
  });

  test('a changed key shows both fingerprints and where the known one stands', async () => {
    write(files.user, ['# first line', at(wrong)]);
    const error: unknown = await checkHostKey(dns1, right, { store: store(), acceptNew: true }).catch(
      (thrown: unknown) => thrown,
    );
    const message = (error as Error).message;
    expect(message.match(/SHA256:[A-Za-z0-9+/]{43}/g)).toHaveLength(2);
    expect(message).toContain(`${files.user}:2`);
  });

  test('a known_hosts file that cannot be read is not taken for empty', async () => {
    const broken = new HostKeyStore({ project: files.project, others: [dirname(files.project)] });
    await expect(checkHostKey(dns1, right, { store: broken, acceptNew: true })).rejects.toMatchObject({
      code: 'transport/unreadable-known-hosts',
    });
  });
});

describe('pins', () => {
  test('a new host is pinned once, in the project, and known from then on', async () => {
    const keys = store();
    const policy = { store: keys, acceptNew: true };
    await Promise.all([checkHostKey(dns1, right, policy), checkHostKey(dns1, right, policy)]);
    await checkHostKey(dns1, right, { store: keys, acceptNew: false });
    expect(readFileSync(files.project, 'utf8')).toBe(`${at(right)}\n`);
    await expect(checkHostKey(dns1, wrong, policy)).rejects.toMatchObject({
      code: 'transport/host-key-changed',
    });
  });

  test('many pins at once lose none, also by several stores, and end a line left open', async () => {
    writeFileSync(files.project, at(right));
    const stores = [store(), store(), store()];
    const names = Array.from({ length: 30 }, (_, index) => `10.9.0.${index}`);
    await Promise.all(
      names.map((knownAs, index) =>
        (stores[index % 3] ?? store()).pin({ name: knownAs, knownAs }, [wrong, rsa]),
      ),
    );
    const lines = readFileSync(files.project, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(new Set(lines)).toEqual(
      new Set([
        at(right),
        ...names.flatMap((name) => [knownHostLine(name, wrong), knownHostLine(name, rsa)]),
      ]),
    );
  });

  test('makes the folder, writes only what is new, and refuses to put a key beside another of its type', async () => {
    const file = folder.file('new/inventory/known_hosts');
    const keys = new HostKeyStore({ project: file, others: [] });
    expect(await keys.pin(dns1, [right])).toBe(1);
    expect(await keys.pin(dns1, [right, rsa])).toBe(1);
    await expect(keys.pin(dns1, [wrong])).rejects.toMatchObject({ code: 'transport/host-key-changed' });
    expect(readFileSync(file, 'utf8')).toBe(`${at(right)}\n${at(rsa)}\n`);
  });
});
