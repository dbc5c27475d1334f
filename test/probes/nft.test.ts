import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nftCandidates } from '../../src/probes/nft-candidates.js';
import { loadedTablesKey, nftTables } from '../../src/probes/nft-tables.js';
import { sshPeers } from '../../src/probes/ssh-peers.js';
import { parseText, runScript, SHELLS, type HostShell } from './shells.js';

const folder = mkdtempSync(join(tmpdir(), 'nft-'));
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}
// Stands in for nft(8): tables `inet a` and `ip b` are loaded; it takes rules that hold `table`.
program(
  'nft',
  `case $* in
  '-s list table inet a') printf 'table inet a {\\n}\\n' ;;
  '-s list table ip b') printf 'table ip b {\\n}\\n' ;;
  'list tables') printf 'table inet a\\ntable ip b\\ntable inet homelab2\\n' ;;
  '-f -') text=$(cat); echo "warned: $text" >&2; case $text in *table*) ;; *) exit 1 ;; esac ;;
  '-j list ruleset') printf '{"nftables": []}\\n' ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac`,
);
// Stands in for unshare(1), which needs root.
program('unshare', `[ "$1" = -n ] || exit 1; shift; exec "$@"`);

const withStubs = ({ argv, path }: HostShell): HostShell => ({ argv, path: `${folder}:${path}` });

describe.each(SHELLS)('in %s', (_name, shell) => {
  const record = join(folder, 'record of rules');
  const read = (key: string, on = withStubs(shell)) =>
    nftTables.parse(runScript(on, nftTables.script([key])), [key])[0];

  test('the tables of the note are listed as they are, and nothing else of it', () => {
    const text =
      'loaded abc\ntable inet a\ntable inet gone\ntable ip b\ntable $(touch x) y\nlisting\ntable inet a {\n}\ntable ip c\n';
    writeFileSync(record, text);
    expect(read(loadedTablesKey(record, 'inet a'))).toEqual({
      isInstalled: true,
      record: text,
      listing: 'table inet a {\n}\ntable ip b {\n}\n',
      isTableThere: true,
    });
  });

  test('without a note', () => {
    expect(read(loadedTablesKey(`${record}x`, 'inet homelab'))).toEqual({
      isInstalled: true,
      record: '',
      listing: '',
      isTableThere: false,
    });
  });

  test('without nft', () => {
    const path = shell.path.includes(':') ? '/bin' : shell.path;
    const found = read(loadedTablesKey(`${record}x`, 'inet a'), { argv: shell.argv, path });
    expect(found).toEqual({ isInstalled: false, record: '', listing: '', isTableThere: false });
  });

  test.each([
    ['taken', 'table inet x { comment "it\'s %s \\\\ ☂" }\n', true, ''],
    ['refused', "it's % wrong\n", false, "warned: it's % wrong"],
  ])('rules that are %s', (_what, text, isTaken, complaint) => {
    const keys = [text, text];
    const [first, second] = nftCandidates.parse(
      runScript(withStubs(shell), nftCandidates.script(keys)),
      keys,
    );
    expect(second).toEqual(first);
    expect(first?.complaint).toBe(complaint);
    expect(first?.canTry).toBe(true);
    expect(first?.json?.includes('{"nftables": []}') ?? false).toBe(isTaken);
  });

  test('the connection is found above a shell that has lost its environment', () => {
    const script = `SSH_CONNECTION='192.0.2.7 40000 192.0.2.1 22' sh -c 'env -i sh -s; true' <<'END'
PATH=${shell.path}
${sshPeers.script([''])}
END`;
    const output = runScript(shell, script);
    expect(sshPeers.parse(output, [''])).toEqual([
      expect.objectContaining({
        clientAddress: '192.0.2.7',
        clientPort: 40_000,
        serverAddress: '192.0.2.1',
        serverPort: 22,
      }),
    ]);
  });
});

describe('the connection', () => {
  const route = '10.77.1.1 dev eth0 src 10.77.1.21 uid 0 \\    cache \n';
  const peer = {
    clientAddress: '10.77.1.1',
    clientPort: 40_000,
    serverAddress: '10.77.1.21',
    serverPort: 22,
    interface: 'eth0',
  };
  test.each([
    ['with its interface', `10.77.1.1 40000 10.77.1.21 22\n${route}`, peer],
    ['without', '10.77.1.1 40000 10.77.1.21 22\n', { ...peer, interface: undefined }],
    [
      'by a gateway',
      '10.77.1.1 40000 10.77.1.21 22\n10.77.1.1 via 10.0.0.1 dev wg0 src x\n',
      { ...peer, interface: 'wg0' },
    ],
    ['IPv4 by an IPv6 socket', `::ffff:10.77.1.1 40000 ::ffff:10.77.1.21 22\n${route}`, peer],
    [
      'a local address',
      'fe80::1%eth0 40000 fe80::2%eth0 22\n',
      { ...peer, clientAddress: 'fe80::1', serverAddress: 'fe80::2', interface: undefined },
    ],
    ['none', '\n', null],
    ['nonsense', '$(id) 1 2 3\n', null],
  ])('%s', (_name, answer, expected) => {
    expect(parseText(sshPeers, answer, [''])).toEqual([expected]);
  });
});
