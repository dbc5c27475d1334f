import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { bareHost, type HostConfig, type Inventory, type Variable } from '../../src/core/host-config.js';
import { Secret } from '../../src/core/secret.js';
import { factsText } from '../../src/report/facts-view.js';
import { inventoryGraphDocument, inventoryGraphText } from '../../src/report/inventory-graph-view.js';
import { hostListDocument, hostListText } from '../../src/report/inventory-list-view.js';
import { hostDetailsDocument, hostDetailsText } from '../../src/report/inventory-show-view.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';
import { safeJson } from '../../src/report/sanitize.js';
import { renderTable } from '../../src/report/tables.js';
import { hostKeysText } from '../../src/report/trust-view.js';

const STYLE = { palette: PLAIN_PALETTE, width: undefined };
const at = (line: number) => ({ file: 'inventory/hosts.yml', line, column: 3 });
const variable = (value: unknown, line: number, origin: string): Variable => ({
  value,
  source: at(line),
  origin,
});

function hostConfig(name: string, rest: Partial<HostConfig> = {}): HostConfig {
  return bareHost(name, {
    address: '10.0.1.11',
    user: 'admin',
    via: [],
    become: 'sudo',
    source: at(9),
    ...rest,
  });
}

const gate = hostConfig('gate', { address: '192.168.1.2', port: 2222 });
const dns1 = hostConfig('dns1', {
  via: ['gate'],
  groups: ['dns'],
  settings: new Map([['address', variable('10.0.1.11', 9, 'host dns1')]]),
  vars: new Map([
    ['cache_size', variable(9000, 10, 'host dns1')],
    ['token', variable(new Secret('hunter2'), 3, 'group dns')],
    ['servers', { value: ['a', new Secret('hunter2')], source: undefined, origin: '--set' }],
  ]),
});
const far = hostConfig('far', { via: ['gate', 'dns1'], address: undefined, user: undefined });
const inventory: Inventory = {
  hosts: new Map([gate, dns1, far].map((one) => [one.name, one])),
  groups: new Map([['dns', { name: 'dns', hosts: ['dns1'], vars: new Map() }]]),
  files: ['inventory/hosts.yml'],
};

describe('inventory', () => {
  test('list', () => {
    expect(hostListText([gate, dns1, far], STYLE)).toBe(
      [
        'HOST  ADDRESS           USER   VIA          GROUPS',
        'gate  192.168.1.2:2222  admin  -            -',
        'dns1  10.0.1.11         admin  gate         dns',
        'far   far               -      gate > dns1  -',
        '',
      ].join('\n'),
    );
    expect(hostListDocument([far])).toMatchObject({
      hosts: [{ name: 'far', address: null, via: ['gate', 'dns1'] }],
    });
  });

  test('list: several ports, the wanted one first', () => {
    const moving = hostConfig('moving', { port: 2222, otherPorts: [22], address: 'fd00::1' });
    expect(hostListText([moving], STYLE)).toContain('moving  [fd00::1]:2222,22  admin');
    expect(hostListDocument([moving, gate])).toMatchObject({ hosts: [{ port: 2222, otherPorts: [22] }, {}] });
    expect(safeJson(hostListDocument([gate]))).not.toContain('otherPorts');
  });

  test('show: every value and where it came from', () => {
    expect(hostDetailsText(dns1, STYLE)).toBe(
      [
        'dns1  (dns)  inventory/hosts.yml:9',
        '',
        'SETTING  VALUE      WRITTEN IN             FROM',
        'address  10.0.1.11  inventory/hosts.yml:9  host dns1',
        '',
        'VARIABLE    VALUE        WRITTEN IN              FROM',
        'cache_size  9000         inventory/hosts.yml:10  host dns1',
        'token       ***          inventory/hosts.yml:3   group dns',
        'servers     ["a","***"]  -                       --set',
        '',
      ].join('\n'),
    );
  });

  test('show for a program: no secret is in it', () => {
    const json = safeJson(hostDetailsDocument(dns1));
    expect(json).not.toContain('hunter2');
    expect(JSON.parse(json)).toMatchObject({
      name: 'dns1',
      vars: [
        { name: 'cache_size', value: 9000, source: at(10), origin: 'host dns1' },
        { value: '***' },
        { source: null },
      ],
    });
  });

  test('graph', () => {
    expect(inventoryGraphText(inventory)).toBe(
      [
        'groups',
        '├── dns',
        '│   └── dns1',
        '└── (no group)',
        '    ├── gate',
        '    └── far',
        '',
        'routes',
        '└── gate',
        '    └── dns1',
        '        └── far',
        '',
      ].join('\n'),
    );
    expect(inventoryGraphDocument(inventory)).toEqual({
      groups: [{ name: 'dns', hosts: ['dns1'] }],
      routes: [
        { host: 'gate', via: [] },
        { host: 'dns1', via: ['gate'] },
        { host: 'far', via: ['gate', 'dns1'] },
      ],
    });
  });
});

describe('facts', () => {
  test('are named as `when` names them, and obey nothing', () => {
    const facts = { ...FACT_EXAMPLES, hostname: 'evil\x1b[2J', addresses: ['192.0.2.1', '2001:db8::1'] };
    const text = factsText('dns1', facts, PLAIN_PALETTE);
    expect(text).toContain('dns1\n  os_id:           debian\n');
    expect(text).toContain('  hostname:        evil\\x1b[2J\n');
    expect(text).toContain('  addresses:       192.0.2.1, 2001:db8::1\n');
  });
});

describe('host keys', () => {
  test('known, new, and changed with both fingerprints', () => {
    const key = { type: 'ssh-ed25519', fingerprint: 'SHA256:new' };
    expect(
      hostKeysText(
        [
          { ...key, host: 'gate', status: 'known' },
          { ...key, host: 'dns1', status: 'new' },
          { ...key, host: 'nas', status: 'changed', pinnedFingerprint: 'SHA256:old' },
        ],
        PLAIN_PALETTE,
      ),
    ).toBe(
      [
        'known    gate  ED25519  SHA256:new',
        'new      dns1  ED25519  SHA256:new',
        'CHANGED  nas   ED25519  SHA256:new',
        'pinned   nas   ED25519  SHA256:old',
        '',
      ].join('\n'),
    );
  });
});

describe('renderTable', () => {
  const rows = [
    ['package', 'Packages are installed, absent, or the newest the repositories have'],
    ['file', 'A file holds exactly this content'],
  ];

  test('at sixty columns cells wrap and nothing is lost', () => {
    const text = renderTable(['KIND', 'SUMMARY'], rows, { palette: PLAIN_PALETTE, width: 60 });
    const lines = text.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(text.replaceAll(/\s+/g, '')).toBe(`KINDSUMMARY${rows.flat().join('')}`.replaceAll(' ', ''));
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });

  test('without rows there is the head', () => {
    expect(renderTable(['KIND', 'SUMMARY'], [], STYLE)).toBe('KIND  SUMMARY\n');
  });

  test('cells are one line and obey nothing', () => {
    expect(renderTable(['A'], [['x\x1b[2J\ny']], STYLE)).toBe('A\nx\\x1b[2J\\ny\n');
  });
});
