import { describe, expect, test } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import type { Reader } from '../../src/core/reader.js';
import { loadedTablesKey, type LoadedTables } from '../../src/probes/nft-tables.js';
import type { SshPeer } from '../../src/probes/ssh-peers.js';
import firewall from '../../src/tasks/firewall.js';
import { ALPINE, fakeHost, fileEntry, unitEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const RULES = '/etc/homelab/firewall.nft';
const RECORD = '/var/lib/homelab-firewall/loaded';
const UNIT = '/etc/systemd/system/homelab-firewall.service';
const KEY = loadedTablesKey(RECORD, 'inet homelab');
const PEER: SshPeer = {
  clientAddress: '10.77.1.1',
  clientPort: 40_000,
  serverAddress: '10.77.1.21',
  serverPort: 22,
  interface: 'eth0',
};

/** The rules file that these parameters make, as the plan for an empty host shows it. */
async function textOf(params: object): Promise<string> {
  const { rawSteps } = await plan(firewall, params, empty(ACCEPTS));
  const write = rawSteps.find((step) => step.do === 'write' && step.path === RULES);
  return write?.do === 'write' ? String(write.body) : '';
}

/** As nft lists a base chain with these rules. */
const listed = (policy: string, ...rules: readonly object[]) =>
  JSON.stringify({
    nftables: [
      {
        chain: { family: 'inet', table: 't', name: 'input', type: 'filter', hook: 'input', prio: 0, policy },
      },
      ...rules.map((expr) => ({ rule: { family: 'inet', table: 't', chain: 'input', expr: [expr] } })),
    ],
  });
const ACCEPTS = { canTry: true, json: listed('accept'), complaint: '' };
const NOT_LOADED: LoadedTables = { isInstalled: true, record: '', listing: '', isTableThere: false };

/** A candidate is asked for by its text, which is what the test is about: any text is answered. */
const anyText = (value: unknown) =>
  new Proxy({}, { get: () => value, getOwnPropertyDescriptor: () => ({ configurable: true, value }) });

function empty(candidate: unknown, peer: SshPeer | null = PEER, tables = NOT_LOADED) {
  const answers: Answers = {
    files: { [RULES]: null },
    'file-contents': { [UNIT]: null },
    units: { 'homelab-firewall.service': unitEntry({ loadState: 'not-found', unitFileState: '' }) },
    'nft-tables': { [KEY]: tables },
    'nft-candidates': anyText(candidate),
    'ssh-peers': { '': peer },
  };
  return fakeHost(answers);
}

const RECORDED = 'table inet homelab {\n\tchain input {\n\t\ttcp dport 22 accept\n\t}\n}\n';

interface Found {
  readonly text?: string;
  readonly record?: string;
  readonly listing?: string;
  readonly unit?: Parameters<typeof unitEntry>[0];
  readonly unitText?: string;
}

async function holding(params: object, found: Found = {}) {
  const wanted = await textOf(params);
  const { text = wanted, listing = RECORDED } = found;
  const { rawSteps } = await plan(firewall, params, empty(ACCEPTS));
  const unitStep = rawSteps.find((step) => step.do === 'write' && step.path === UNIT);
  const unitText = found.unitText ?? (unitStep?.do === 'write' ? String(unitStep.body) : '');
  const { sha256 } = Content.of(text);
  const record = found.record ?? `loaded ${sha256}\ntable inet homelab\nlisting\n${RECORDED}`;
  return fakeHost({
    files: { [RULES]: fileEntry({ sha256, sizeBytes: text.length }) },
    'file-contents': {
      [RULES]: { bytes: Buffer.from(text), isComplete: true },
      [UNIT]: { bytes: Buffer.from(unitText), isComplete: true },
    },
    units: { 'homelab-firewall.service': unitEntry(found.unit) },
    'nft-tables': { [KEY]: { isInstalled: true, record, listing, isTableThere: true } },
    'nft-candidates': anyText(ACCEPTS),
    'ssh-peers': { '': PEER },
  });
}

const SSH = { rules: [{ allow: 'tcp/22' }] };
const MINE = 'table inet mine {\n\tset ban { type ipv4_addr; }\n}\n';

describe('the text of typed rules', () => {
  test.each<[string, object, readonly string[]]>([
    ['one port', { rules: [{ allow: 'tcp/22' }] }, ['tcp dport 22 accept']],
    [
      'ports, joined where they touch',
      { rules: [{ allow: ['tcp/443', 'tcp/80', 'tcp/81-90', 'tcp/85-100', 'udp/53'] }] },
      ['tcp dport { 80-100, 443 } accept', 'udp dport 53 accept'],
    ],
    [
      'both families of addresses',
      { rules: [{ allow: 'udp/53', from: ['10.0.0.0/8, 10.1.0.0/16', 'fd00::/8'] }] },
      ['ip saddr 10.0.0.0/8 udp dport 53 accept', 'ip6 saddr fd00::/8 udp dport 53 accept'],
    ],
    [
      'addresses of a loop',
      { rules: [{ allow: 'any', from: '10.0.0.1 10.0.0.2\n' }] },
      ['ip saddr { 10.0.0.1, 10.0.0.2 } accept'],
    ],
    ['protocols', { rules: [{ allow: ['vrrp', 'esp', 'vrrp'] }] }, ['meta l4proto { 112, 50 } accept']],
    [
      'answers to who is kept out',
      { rules: [{ reject: ['tcp/113', 'udp/9'] }, { drop: 'any' }] },
      ['tcp dport 113 reject with tcp reset', 'udp dport 9 reject', 'drop'],
    ],
    [
      'a comment',
      { rules: [{ allow: 'tcp/22', comment: "naïve — it's ☂" }] },
      ['tcp dport 22 accept comment "naïve — it\'s ☂"'],
    ],
    [
      'zones first',
      {
        zones: { lan: { interfaces: ['eth0', 'wg*'], rules: [{ allow: 'any' }] } },
        rules: [{ drop: 'tcp/1' }],
      },
      ['iifname "eth0" jump zone_lan', 'iifname "wg*" jump zone_lan', 'tcp dport 1 drop'],
    ],
  ])('%s', async (_name, params, lines) => {
    const text = await textOf(params);
    const own = text.slice(text.indexOf('dport 546 accept')).split('\n').slice(1, -3);
    expect(own.map((line) => line.trim())).toEqual(lines);
  });

  test('a zone is a chain of its own; the table is replaced in the same transaction', async () => {
    const text = await textOf({ zones: { lan: { interfaces: ['eth0'], rules: [{ allow: 'tcp/22' }] } } });
    expect(text).toContain('\tchain zone_lan {\n\t\ttcp dport 22 accept\n\t}\n');
    expect(text).toMatch(
      /^# Kept[^\n]*\ntable inet homelab\ndelete table inet homelab\n\ntable inet homelab \{\n/,
    );
    expect(text).toContain('policy drop;\n\t\tct state established,related accept\n');
  });

  test('the text of a ruleset goes as it is', async () => {
    expect(await textOf({ ruleset: `${MINE}table ip6 more { }` })).toBe(
      `# Kept by homelab: changes by hand are overwritten.\ntable inet mine\ndelete table inet mine\ntable ip6 more\ndelete table ip6 more\n\n${MINE}table ip6 more { }\n`,
    );
  });
});

describe('firewall', () => {
  test('new: written after nft checked it, loaded, loaded at boot', async () => {
    const { changes, steps } = await plan(firewall, SSH, empty(ACCEPTS));
    expect(changes.map((change) => change.replaceAll(/[\s\S]*(?=null -> #)/g, ''))).toEqual([
      'state: absent -> present',
      expect.stringContaining('null -> # Kept by homelab'),
      'loaded: null -> as written',
      'at_boot: null -> true',
    ]);
    expect(steps[0]).toBe('mkdir -p -- /etc/homelab');
    expect(steps[1]).toMatch(
      /^write \/etc\/homelab\/firewall\.nft 0600 root:root .*\(validate nft -c -f \{\{candidate\}\}\)$/,
    );
    expect(steps[2]).toContain(
      "sh -s -- /etc/homelab/firewall.nft /var/lib/homelab-firewall/loaded 'inet homelab'",
    );
    expect(steps.slice(3)).toEqual([
      expect.stringContaining(`write ${UNIT} 0644 root:root`),
      'systemctl daemon-reload',
      'systemctl reenable -- homelab-firewall.service',
      'systemctl restart -- homelab-firewall.service',
    ]);
  });

  const load = expect.stringMatching(/^sh -s -- \/etc\/homelab\/firewall\.nft \/var\/lib/);
  test.each<[string, Found, readonly string[], readonly unknown[]]>([
    ['in sync', {}, [], []],
    [
      'rules added by hand',
      { listing: `${RECORDED}more` },
      ['loaded: changed by hand -> as written'],
      [load],
    ],
    ['everything flushed', { listing: '' }, ['loaded: no rules -> as written'], [load]],
    ['the file was loaded by nobody', { record: '' }, ['loaded: not this file -> as written'], [load]],
    [
      'an older file was loaded',
      { record: `loaded ${'0'.repeat(64)}\ntable inet homelab\nlisting\n${RECORDED}` },
      ['loaded: not this file -> as written'],
      [load],
    ],
    [
      'not at boot',
      { unit: { unitFileState: 'disabled' } },
      ['at_boot: false -> true'],
      [
        expect.stringContaining(`write ${UNIT}`),
        'systemctl daemon-reload',
        'systemctl reenable -- homelab-firewall.service',
        'systemctl restart -- homelab-firewall.service',
      ],
    ],
  ])('%s', async (_name, found, changes, steps) => {
    const planned = await plan(firewall, SSH, await holding(SSH, found));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each([
    ['a unit file of another text', { unitText: '[Unit]\n' }],
    ['a unit that is masked', { unit: { loadState: 'masked', unitFileState: 'masked' } }],
    ['a unit that does not run', { unit: { activeState: 'failed' } }],
  ])('%s is not loaded at boot', async (_name, found) => {
    const { changes } = await plan(firewall, SSH, await holding(SSH, found));
    expect(changes).toEqual(['at_boot: false -> true']);
  });

  test('what packets and time put into a set is no change; other elements are', async () => {
    const set = (flags: string, elements: string) =>
      `table inet homelab {\n\tset ban {\n\t\ttype ipv4_addr\n\t\tflags ${flags}\n\t\telements = { ${elements} }\n\t}\n}\n`;
    const changesOf = async (flags: string) => {
      const { sha256 } = Content.of(await textOf(SSH));
      const record = `loaded ${sha256}\ntable inet homelab\nlisting\n${set(flags, '1.2.3.4')}`;
      const host = await holding(SSH, {
        record,
        listing: set(flags, '1.2.3.4,\n\t\t\t     5.6.7.8 expires 1h'),
      });
      return (await plan(firewall, SSH, host)).changes;
    };
    expect(await changesOf('dynamic,timeout')).toEqual([]);
    expect(await changesOf('interval')).toEqual(['loaded: changed by hand -> as written']);
  });

  test('in sync costs no look at the connection', async () => {
    const host = await holding(SSH);
    await plan(firewall, SSH, host);
    expect(host.asked.map((asked) => asked.split(' ')[0] ?? '').toSorted()).toEqual([
      'file-contents',
      'files',
      'nft-tables',
      'units',
    ]);
  });

  test('nft may still come', async () => {
    const { unknown } = await plan(
      firewall,
      SSH,
      empty(ACCEPTS, PEER, { ...NOT_LOADED, isInstalled: false }),
    );
    expect(unknown).toBe('nft is not installed (package nftables)');
  });

  test('absent: not at boot first, then unloaded', async () => {
    const { changes, steps } = await plan(firewall, { state: 'absent' }, await holding(SSH));
    expect(changes).toEqual(['state: present -> absent']);
    expect(steps).toEqual([
      expect.stringContaining(`sh -s -- homelab-firewall ${UNIT}`),
      expect.stringContaining(
        "sh -s -- /etc/homelab/firewall.nft /var/lib/homelab-firewall/loaded 'inet homelab'",
      ),
    ]);
  });

  test.each([
    ['nothing', {}, []],
    ['a table somebody made', { isTableThere: true }, ['state: present -> absent']],
    ['a note alone', { record: 'loaded' }, ['state: present -> absent']],
    ['no nft', { isInstalled: false }, []],
  ])('absent with %s left', async (_name, found, changes) => {
    const host = empty(ACCEPTS, PEER, { ...NOT_LOADED, ...found });
    expect((await plan(firewall, { state: 'absent' }, host)).changes).toEqual(changes);
  });

  test('OpenRC loads it by a script of its own', async () => {
    const text = Buffer.from('#!/sbin/openrc-run\n');
    const script = '/etc/init.d/homelab-firewall';
    const answers = {
      files: { [RULES]: null },
      'file-contents': { [script]: { bytes: text, isComplete: true } },
      'openrc-services': { 'homelab-firewall': null },
      'nft-tables': { [KEY]: NOT_LOADED },
      'nft-candidates': anyText(ACCEPTS),
      'ssh-peers': { '': PEER },
    };
    const { steps } = await plan(firewall, SSH, fakeHost(answers, { facts: ALPINE }));
    expect(steps[3]).toContain(`write ${script} 0755 root:root "#!/sbin/openrc-run`);
    expect(steps[4]).toContain('rc-update -- add "$1" "$level"');
  });

  test('nothing else is known to load rules at boot', async () => {
    const host = fakeHost(
      { files: { [RULES]: null }, 'nft-tables': { [KEY]: NOT_LOADED } },
      { facts: { ...FACT_EXAMPLES, init: 'busybox' } },
    );
    await expect(plan(firewall, SSH, host)).rejects.toMatchObject({ code: 'task/unsupported' });
  });
});

describe('rules that would cut off the connection', () => {
  const accept22 = [
    { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 22 } },
    { accept: null },
  ];
  const withAccept = JSON.stringify({
    nftables: [
      { chain: { family: 'inet', table: 't', name: 'input', type: 'filter', hook: 'input', policy: 'drop' } },
      { rule: { family: 'inet', table: 't', chain: 'input', expr: accept22 } },
    ],
  });

  test.each<[string, object, SshPeer | null]>([
    ['let it in', { canTry: true, json: withAccept, complaint: '' }, PEER],
    ['are no danger without a connection', { canTry: true, json: listed('drop'), complaint: '' }, null],
  ])('%s', async (_name, candidate, peer) => {
    expect((await plan(firewall, SSH, empty(candidate, peer))).changes).toHaveLength(4);
  });

  test.each<[string, object, SshPeer, string, string]>([
    [
      'a policy',
      { canTry: true, json: listed('drop'), complaint: '' },
      PEER,
      'task/would-lock-out',
      'what comes from 10.77.1.1 by eth0 to port 22 is stopped by the policy of chain input',
    ],
    [
      'another port',
      { canTry: true, json: withAccept, complaint: '' },
      { ...PEER, serverPort: 2222, interface: undefined },
      'task/would-lock-out',
      'what comes from 10.77.1.1 to port 2222 is stopped',
    ],
    [
      'no answers',
      { canTry: true, json: listed('drop').replace('"hook":"input"', '"hook":"output"'), complaint: '' },
      PEER,
      'task/would-lock-out',
      'what goes from port 22 by eth0 to 10.77.1.1 is stopped',
    ],
    [
      'refused by nft',
      { canTry: true, json: undefined, complaint: 'syntax error' },
      PEER,
      'task/refused-rules',
      'nft does not take these rules: syntax error',
    ],
    ['no unshare', { canTry: false, json: undefined, complaint: '' }, PEER, 'task/cannot-check', '`unshare`'],
    ['no JSON', { canTry: true, json: 'table', complaint: '' }, PEER, 'task/cannot-check', 'cannot be read'],
  ])('%s', async (_name, candidate, peer, code, message) => {
    await expect(plan(firewall, SSH, empty(candidate, peer))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});

describe('parameters', () => {
  test.each<[string, object, string]>([
    ['no rules', {}, 'needs `rules` or `zones`, or else a `ruleset`'],
    ['sparing what no typed rule is about', { ruleset: MINE, spare_listeners: true }, 'goes with `rules`'],
    ['two forms', { rules: [], ruleset: MINE }, 'needs `rules` or `zones`, or else a `ruleset`'],
    ['rules of what is absent', { state: 'absent', rules: [] }, 'has no rules'],
    ['no verdict', { rules: [{ from: '10.0.0.1' }] }, 'needs exactly one of `allow`, `drop` and `reject`'],
    ['two verdicts', { rules: [{ allow: 'any', drop: 'any' }] }, 'needs exactly one of'],
    ['a port alone', { rules: [{ allow: '22' }] }, 'has to be tcp/22'],
    ['a number', { rules: [{ allow: 22 }] }, 'has to be tcp/22'],
    ['port 0', { rules: [{ allow: 'tcp/0' }] }, 'has to be tcp/22'],
    ['port 65536', { rules: [{ allow: 'tcp/65536' }] }, 'has to be tcp/22'],
    ['ports backwards', { rules: [{ allow: 'tcp/9-1' }] }, 'has to be tcp/22'],
    ['a name of an object', { rules: [{ allow: 'constructor' }] }, 'has to be tcp/22'],
    ['an address that is none', { rules: [{ allow: 'any', from: 'nas.lan' }] }, 'is neither an address'],
    ['host bits', { rules: [{ allow: 'any', from: '10.0.0.5/24' }] }, 'has bits set after its prefix'],
    ['from nobody', { rules: [{ allow: 'any', from: ' ' }] }, 'names nobody'],
    ['a quote in a comment', { rules: [{ allow: 'any', comment: '" drop' }] }, 'without quotes'],
    ['two lines in a comment', { rules: [{ allow: 'any', comment: 'a\nb' }] }, 'must be one line'],
    [
      'an interface with a quote',
      { zones: { a: { interfaces: ['a"'], rules: [] } } },
      'name of a network interface',
    ],
    [
      'a zone with a dash',
      { zones: { 'a-b': { interfaces: ['a'], rules: [] } } },
      'must be named by a short word',
    ],
    ['a ruleset that flushes', { ruleset: 'flush ruleset' }, 'must not `flush ruleset`'],
    ['an unknown field', { rules: [{ allow: 'any', to: 'x' }] }, 'Unrecognized key'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(firewall, params).join('\n')).toContain(problem);
  });

  test('guarded is no part of the rules', async () => {
    expect(await textOf({ ...SSH, guarded: true })).toBe(await textOf(SSH));
  });

  test('touches its files and its unit', () => {
    expect(firewall.touches?.(firewall.params.parse(SSH))).toEqual([
      `path:${RULES}`,
      `path:${RECORD}`,
      'unit:homelab-firewall.service',
    ]);
  });
});

describe('spare_listeners', () => {
  const listener = (port: string, program?: string, device?: string) => {
    const [protocol, number] = port.split('/');
    return { protocol, port: Number(number), program, interface: device };
  };
  const listeningTo = (...sockets: readonly object[]) => {
    const host = empty(ACCEPTS);
    return {
      ...host,
      read: <Value>(reader: Reader<Value>, key: string): Promise<Value> =>
        reader.name === 'listening-sockets' ? Promise.resolve(sockets as Value) : host.read(reader, key),
    };
  };
  const sparing = (rules: readonly object[], zones = {}) => ({ rules, zones, spare_listeners: true });
  const SSHD = listener('tcp/22', 'sshd');
  const SMBD = listener('tcp/445', 'smbd');
  const VIRT = listener('udp/67', 'dnsmasq', 'virbr0');
  const trusted = { inner: { interfaces: ['virbr*'], rules: [{ allow: 'any' }] } };

  test.each<[string, object, readonly object[]]>([
    ['what rules name', sparing([{ allow: ['tcp/22', 'tcp/440-450'], from: '10.0.0.0/8' }]), [SSHD, SMBD]],
    ['what rules close by its port', sparing([{ allow: 'tcp/22' }, { drop: 'tcp/445' }]), [SSHD, SMBD]],
    ['anything, where everybody may come in', sparing([{ allow: 'any' }]), [SSHD, SMBD]],
    ['what Docker publishes', sparing(SSH.rules), [SSHD, listener('tcp/8080', 'docker-proxy')]],
    ['a lease of DHCP', sparing(SSH.rules), [listener('udp/68'), listener('udp/546', 'systemd-network')]],
    ['a port that a client was given', sparing(SSH.rules), [listener('udp/40000', 'unbound')]],
    ['what a zone of its interface lets in', sparing(SSH.rules, trusted), [VIRT]],
    [
      'what some zone names',
      sparing([], { lan: { interfaces: ['eth0'], rules: [{ allow: 'tcp/22' }] } }),
      [SSHD],
    ],
  ])('takes %s', async (_name, params, sockets) => {
    expect((await plan(firewall, params, listeningTo(...sockets))).changes).toHaveLength(4);
  });

  test.each<[string, object, readonly object[], string]>([
    [
      'several, each once',
      sparing(SSH.rules),
      [SMBD, SSHD, listener('udp/5353', 'avahi-daemon'), listener('tcp/445', 'ksmbd'), SMBD],
      'tcp/445 smbd ksmbd, udp/5353 avahi-daemon',
    ],
    ['one whose program is not told', sparing(SSH.rules), [listener('udp/51820')], 'udp/51820'],
    ['a server at a high port', sparing(SSH.rules), [listener('udp/40000', 'plex')], 'udp/40000 plex'],
    ['the other protocol', sparing([{ allow: 'tcp/53' }]), [listener('udp/53', 'named')], 'udp/53 named'],
    ['what nobody thought of', sparing([{ allow: 'tcp/22' }, { drop: 'any' }]), [SMBD], 'tcp/445 smbd'],
    ['any interface, and one is trusted', sparing(SSH.rules, trusted), [SMBD], 'tcp/445 smbd'],
    [
      'another interface than the trusted one',
      sparing(SSH.rules, trusted),
      [listener('tcp/445', 'smbd', 'eth0')],
      'tcp/445 smbd',
    ],
    ['a name that is none', sparing([]), [listener('tcp/9', 'a\u001b[31m')], 'tcp/9 a?[31m'],
  ])('refuses to cut off %s', async (_name, params, sockets, names) => {
    await expect(plan(firewall, params, listeningTo(...sockets))).rejects.toMatchObject({
      code: 'task/undeclared-listeners',
      message: `these rules would cut off what listens here and no rule speaks of: ${names}`,
      hint: expect.stringContaining(`{ allow: ${names.split(/[ ,]/)[0]} }`),
    });
  });

  test('is asked for by whoever wants it', async () => {
    expect((await plan(firewall, SSH, listeningTo(SMBD))).changes).toHaveLength(4);
  });

  test('rules that are loaded already cut nothing off', async () => {
    const params = { ...SSH, spare_listeners: true };
    expect((await plan(firewall, params, await holding(SSH))).changes).toEqual([]);
  });

  test('depends on whatever may listen', () => {
    const touches = (params: object) => firewall.touches?.(firewall.params.parse(params)).at(-1);
    expect([touches(SSH), touches(sparing([]))]).toEqual(['unit:homelab-firewall.service', 'path:/']);
  });
});
