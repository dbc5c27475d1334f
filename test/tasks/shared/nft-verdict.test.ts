import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Packet } from '../../../src/tasks/shared/nft-match.js';
import { parseNftJson, type NftRuleset } from '../../../src/tasks/shared/nft-ruleset.js';
import { whatStops } from '../../../src/tasks/shared/nft-verdict.js';

type Rule = readonly object[];

const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const meta = (key: string) => ({ meta: { key } });
const STATE = { ct: { key: 'state' } };
const DPORT = payload('tcp', 'dport');
const SADDR = payload('ip', 'saddr');
const ACCEPT = { accept: null };
const DROP = { drop: null };
const SSH: Rule = [match(DPORT, 22), ACCEPT];
const jump = (target: string) => ({ jump: { target } });

interface Extra {
  readonly policy?: string;
  readonly family?: string;
  readonly hook?: string;
  readonly type?: string;
  readonly chains?: Readonly<Record<string, readonly Rule[]>>;
  readonly sets?: Readonly<Record<string, object>>;
}

/** What nft would list for one base chain, with more chains and sets beside it. */
function ruleset(rules: readonly Rule[], extra: Extra = {}): NftRuleset {
  const { policy = 'drop', family = 'inet', hook = 'input', type = 'filter', chains = {}, sets = {} } = extra;
  const place = { family, table: 't' };
  const ruleObjects = (chain: string, own: readonly Rule[]) =>
    own.map((expr, handle) => ({ rule: { ...place, chain, handle, expr } }));
  const parsed = parseNftJson(
    JSON.stringify({
      nftables: [
        { metainfo: { version: '1.0.6' } },
        { table: { family, name: 't' } },
        ...Object.entries(sets).map(([name, set]) => ({ set: { ...place, name, ...set } })),
        { chain: { ...place, name: 'c', type, hook, prio: 0, policy } },
        ...Object.keys(chains).map((name) => ({ chain: { ...place, name } })),
        ...ruleObjects('c', rules),
        ...Object.entries(chains).flatMap(([name, own]) => ruleObjects(name, own)),
      ],
    }),
  );
  if (parsed === undefined) throw new Error('not understood');
  return parsed;
}

const PACKET: Packet = {
  direction: 'in',
  family: 4,
  source: '10.77.1.1',
  sourcePort: 40_000,
  target: '10.77.1.14',
  targetPort: 22,
  interface: 'eth0',
  state: 'new',
};

const POLICY = 'the policy of chain c of table inet t';
const rule = (number: number, what: string, chain = 'c') =>
  `rule ${number} of chain ${chain} of table inet t (${what})`;

describe('a packet of our connection', () => {
  test.each<[string, readonly Rule[], Extra, string | undefined]>([
    ['a policy alone', [], {}, POLICY],
    ['a policy that accepts', [], { policy: 'accept' }, undefined],
    ['its port', [SSH], {}, undefined],
    ['another port', [[match(DPORT, 80), ACCEPT]], {}, POLICY],
    ['dropped before', [[match(SADDR, '10.77.1.1'), DROP], SSH], {}, rule(1, 'drop')],
    ['rejected before', [[{ reject: { type: 'tcp reset' } }], SSH], {}, rule(1, 'reject')],
    ['another address dropped', [[match(SADDR, '10.77.1.2'), DROP], SSH], {}, undefined],
    [
      'not from a network',
      [[match(SADDR, { prefix: { addr: '10.77.0.0', len: 16 } }, '!='), DROP], SSH],
      {},
      undefined,
    ],
    ['in a range', [[match(SADDR, { range: ['10.77.1.0', '10.77.1.9'] }), ACCEPT]], {}, undefined],
    ['in a set', [[match(DPORT, { set: [80, { range: [20, 25] }] }), ACCEPT]], {}, undefined],
    ['a port by comparison', [[match(DPORT, 1024, '<'), ACCEPT]], {}, undefined],
    ['its interface', [[match(meta('iifname'), 'eth0'), ACCEPT]], {}, undefined],
    ['its interface by a star', [[match(meta('iifname'), 'et*'), ACCEPT]], {}, undefined],
    ['another interface', [[match(meta('iifname'), 'eth1'), ACCEPT]], {}, POLICY],
    ['IPv6 alone', [[match(payload('ip6', 'saddr'), 'fd00::1', '!='), ACCEPT]], {}, POLICY],
    ['UDP alone', [[match(payload('udp', 'dport'), 22), ACCEPT]], {}, POLICY],
    ['any transport header', [[match(payload('th', 'dport'), 22), ACCEPT]], {}, undefined],
    ['protocols', [[match(meta('l4proto'), { set: ['tcp', 'udp'] }), ACCEPT]], {}, undefined],
    ['under way alone', [[match(STATE, ['established', 'related'], 'in'), ACCEPT]], {}, POLICY],
    ['new as well', [[match(STATE, ['established', 'new'], 'in'), ACCEPT]], {}, undefined],
    ['invalid ones dropped', [[match(STATE, 'invalid', 'in'), DROP], SSH], {}, undefined],
    ['what cannot be told, accepted', [[match({ fib: {} }, 'local'), ACCEPT]], {}, POLICY],
    ['what cannot be told, dropped', [[match({ fib: {} }, 'local'), DROP], SSH], {}, rule(1, 'drop')],
    ['the same after it was let in', [SSH, [match({ fib: {} }, 'local'), DROP]], {}, undefined],
    [
      'statements that decide nothing',
      [[{ counter: {} }, { log: null }, match(DPORT, 22), { counter: {} }, ACCEPT]],
      {},
      undefined,
    ],
    ['a mark', [[{ mangle: { key: meta('mark'), value: 1 } }], SSH], {}, undefined],
    ['another port written into it', [[{ mangle: { key: DPORT, value: 23 } }], SSH], {}, rule(1, 'mangle')],
    ['no tracking', [[{ notrack: null }], SSH], {}, rule(1, 'notrack')],
    ['a statement nobody knows', [[{ teleport: null }], SSH], {}, rule(1, 'teleport')],
    ['over a limit', [[{ limit: { rate: 3, per: 'second', inv: true } }, DROP], SSH], {}, undefined],
    ['below a limit', [[match(DPORT, 22), { limit: { rate: 3, per: 'second' } }, ACCEPT]], {}, undefined],
    ['below a limit dropped', [[{ limit: { rate: 3, per: 'second' } }, DROP], SSH], {}, rule(1, 'drop')],
    ['many connections dropped', [[{ 'ct count': { val: 3 } }, DROP], SSH], {}, rule(1, 'drop')],
    ['a chain that lets in', [[jump('x')]], { chains: { x: [SSH] } }, undefined],
    ['a chain that hands back', [[jump('x')]], { chains: { x: [] } }, POLICY],
    ['a chain that stops', [[jump('x')], SSH], { chains: { x: [[DROP]] } }, rule(1, 'drop', 'x')],
    ['a chain for others', [[match(DPORT, 80), jump('x')], SSH], { chains: { x: [[DROP]] } }, undefined],
    ['a chain for perhaps', [[match({ fib: {} }, 1), jump('x')]], { chains: { x: [SSH] } }, POLICY],
    ['return', [[jump('x')], SSH], { chains: { x: [[{ return: null }], [DROP]] } }, undefined],
    [
      'perhaps return',
      [[jump('x')]],
      { chains: { x: [[match({ fib: {} }, 1), { return: null }], SSH] } },
      POLICY,
    ],
    ['goto', [[{ goto: { target: 'x' } }], SSH], { chains: { x: [] } }, POLICY],
    [
      'perhaps goto',
      [[match({ fib: {} }, 1), { goto: { target: 'x' } }], SSH],
      { chains: { x: [] } },
      POLICY,
    ],
    ['a chain that is missing', [[jump('gone')], SSH], {}, rule(1, 'jump')],
    ['chains in a circle', [[jump('x')]], { chains: { x: [[jump('x')]] } }, rule(1, 'jump', 'x')],
    ['a named set', [[match(SADDR, '@ok'), ACCEPT]], { sets: { ok: { elem: ['10.77.1.1'] } } }, undefined],
    ['a named set without it', [[match(SADDR, '@ok'), ACCEPT]], { sets: { ok: {} } }, POLICY],
    [
      'a set that forgets',
      [[match(SADDR, '@ban'), DROP], SSH],
      { sets: { ban: { flags: ['timeout'] } } },
      rule(1, 'drop'),
    ],
    [
      'a set that packets fill',
      [[{ set: { op: 'add', elem: SADDR, set: '@ban' } }], [match(SADDR, '@ban'), DROP], SSH],
      { sets: { ban: {} } },
      rule(2, 'drop'),
    ],
    [
      'a set of pairs',
      [[match({ concat: [SADDR, DPORT] }, { set: [{ concat: ['10.77.1.1', 22] }] }), ACCEPT]],
      {},
      POLICY,
    ],
    [
      'a verdict map',
      [
        [
          {
            vmap: {
              key: DPORT,
              data: {
                set: [
                  [80, DROP],
                  [22, ACCEPT],
                ],
              },
            },
          },
        ],
      ],
      {},
      undefined,
    ],
    [
      'a verdict map that stops',
      [[{ vmap: { key: DPORT, data: { set: [[22, DROP]] } } }], SSH],
      {},
      rule(1, 'drop'),
    ],
    [
      'a verdict map without it',
      [[{ vmap: { key: DPORT, data: { set: [[80, DROP]] } } }], SSH],
      {},
      undefined,
    ],
    [
      'the rest of a verdict map',
      [[{ vmap: { key: DPORT, data: { set: [['*', DROP]] } } }], SSH],
      {},
      rule(1, 'drop'),
    ],
    [
      'a verdict map with a rest',
      [
        [
          {
            vmap: {
              key: DPORT,
              data: {
                set: [
                  ['*', DROP],
                  [22, ACCEPT],
                ],
              },
            },
          },
        ],
      ],
      {},
      undefined,
    ],
    [
      'a verdict map to a chain',
      [[{ vmap: { key: DPORT, data: { set: [[22, jump('x')]] } } }]],
      { chains: { x: [SSH] } },
      undefined,
    ],
    [
      'a map that nobody knows',
      [[{ vmap: { key: DPORT, data: '@m' } }], SSH],
      {},
      'rule 1 of chain c of table inet t, by a map that packets fill',
    ],
    ['a hook of what is forwarded', [[DROP]], { hook: 'forward' }, undefined],
    ['a hook of what goes out', [[DROP]], { hook: 'output' }, undefined],
    ['a table of IPv6', [[DROP]], { family: 'ip6' }, undefined],
    [
      'a new address before it comes in',
      [[{ dnat: { addr: '10.0.0.9' } }]],
      { hook: 'prerouting', type: 'nat', policy: 'accept' },
      rule(1, 'dnat'),
    ],
    [
      'a new address for others',
      [[match(DPORT, 80), { dnat: { addr: '10.0.0.9' } }]],
      { hook: 'prerouting', type: 'nat', policy: 'accept' },
      undefined,
    ],
  ])('%s', (_name, rules, extra, expected) => {
    expect(whatStops(ruleset(rules, extra), PACKET)).toBe(expected);
  });

  test.each<[string, readonly Rule[], Partial<Packet>, Extra, string | undefined]>([
    [
      'under way',
      [[match(STATE, ['established', 'related'], 'in'), ACCEPT]],
      { state: 'established' },
      {},
      undefined,
    ],
    [
      'by an interface nobody knows',
      [[match(meta('iifname'), 'eth0'), ACCEPT]],
      { interface: undefined },
      {},
      POLICY,
    ],
    [
      'IPv6',
      [[match(payload('ip6', 'saddr'), { prefix: { addr: 'fd00::', len: 8 } }), ACCEPT]],
      { family: 6, source: 'fd00::1' },
      {},
      undefined,
    ],
    [
      'an answer',
      [[match(payload('tcp', 'sport'), 22), ACCEPT]],
      { direction: 'out', sourcePort: 22 },
      { hook: 'output' },
      undefined,
    ],
    ['an answer nobody lets out', [], { direction: 'out', sourcePort: 22 }, { hook: 'output' }, POLICY],
    [
      'an answer, its addresses translated',
      [[{ masquerade: null }]],
      { direction: 'out' },
      { hook: 'postrouting', type: 'nat', policy: 'accept' },
      undefined,
    ],
  ])('%s', (_name, rules, packet, extra, expected) => {
    expect(whatStops(ruleset(rules, extra), { ...PACKET, ...packet })).toBe(expected);
  });
});

describe('what nft might say', () => {
  test.each(['', 'Error: x', '{', '[]', '{"nftables": 1}', '{"nftables": [{"rule": {"family": 1}}]}'])(
    '%j is no ruleset',
    (text) => {
      expect(parseNftJson(text)).toBeUndefined();
    },
  );

  test('warnings before it do no harm', () => {
    expect(parseNftJson('# Warning: x\n{"nftables": []}')).toEqual({ chains: [], sets: new Map() });
  });

  test('any statements give an answer', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const name = fc.constantFrom('match', 'vmap', 'jump', 'set', 'limit', 'mangle', 'accept', 'x');
    const statement = fc.tuple(name, value).map(([key, body]) => ({ [key]: body }));
    fc.assert(
      fc.property(fc.array(fc.array(statement)), (rules) => {
        expect(['string', 'undefined']).toContain(typeof whatStops(ruleset(rules), PACKET));
      }),
    );
  });
});
