import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Topology, TopologyHost } from '../../src/core/topology.js';
import type { WavePlan } from '../../src/core/waves.js';
import { createPalette, PLAIN_PALETTE } from '../../src/report/palette.js';
import { textWidth } from '../../src/report/text-width.js';
import { needEdges } from '../../src/report/waves-graph.js';
import { wavesMermaid } from '../../src/report/waves-mermaid.js';
import { wavesSvg } from '../../src/report/waves-svg.js';
import { wavesDocument, wavesText } from '../../src/report/waves-text.js';
import { wrapWords } from '../../src/report/wrap-text.js';

function hostOf(name: string, rest: Partial<TopologyHost> = {}): TopologyHost {
  return {
    name,
    via: [],
    runsOn: undefined,
    dependsOn: [],
    dependsOnAny: [],
    groups: [],
    health: [],
    ...rest,
  };
}

function topologyOf(hosts: readonly TopologyHost[]): Topology {
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    groups: [],
    otherGroups: [{ name: 'dns', hosts: ['dns1'], health: [] }],
    controller: new Map(),
  };
}

const TOPOLOGY = topologyOf([
  hostOf('gate'),
  hostOf('pve1', { via: ['far', 'gate'] }),
  hostOf('dns1', { via: ['gate'], runsOn: 'pve1', dependsOnAny: ['dns'] }),
  hostOf('nas', { dependsOn: ['dns1', 'asleep'], dependsOnAny: ['dns'] }),
]);

const PLAN: WavePlan = {
  waves: [
    {
      hosts: [
        {
          host: 'nas',
          why: ['nothing depends on it'],
          outages: [{ what: 'nas', why: 'its services restart', seconds: 5 }],
        },
      ],
    },
    {
      hosts: [
        {
          host: 'dns1',
          why: ['after nas, which depends on it'],
          outages: [
            { what: 'dns1', why: 'it reboots', seconds: 60 },
            { what: 'dns/dns', why: 'kept up by dns2', seconds: 0 },
          ],
        },
        { host: 'pve1', why: ['dns1 runs on it'], outages: [] },
      ],
    },
    { hosts: [{ host: 'gate', why: ['alone'], outages: [] }] },
  ],
  leftOut: [{ host: 'pc', why: 'nothing to do' }],
  findings: [{ name: 'dns', message: 'dns has one host, dns1', hint: 'Add one.', hosts: ['dns1'] }],
  accepted: [{ name: 'web', message: 'web has one host, web1', hint: 'Add one.', hosts: ['web1'] }],
};

const NOTHING: WavePlan = { waves: [], leftOut: [], findings: [], accepted: [] };

describe('waves for people', () => {
  test('each host with its reasons and what is away, then the others', () => {
    expect(wavesText(PLAN)).toBe(`wave 1  1 host
  nas  nothing depends on it
      about 5 s without nas: its services restart
wave 2  2 hosts
  dns1  after nas, which depends on it
      about 60 s without dns1: it reboots
      dns/dns: kept up by dns2
  pve1  dns1 runs on it
wave 3  1 host
  gate  alone
left out
  pc: nothing to do
accepted
  ~ web has one host, web1
    Add one.
has to be accepted
  ! dns has one host, dns1
    Add one. Or accept it: --accept-outage dns
`);
  });

  test('nothing of a plan of nothing', () => {
    expect(wavesText(NOTHING)).toBe('');
  });

  test('the first outages only, of many', () => {
    const outages = Array.from({ length: 12 }, (_, index) => ({ what: `h${index}`, why: 'x', seconds: 60 }));
    const text = wavesText({ ...NOTHING, waves: [{ hosts: [{ host: 'gate', why: ['alone'], outages }] }] });
    expect(text.match(/without h\d+: /g)).toHaveLength(8);
    expect(text).toContain('      and without 4 more, for up to about 60 s\n');
  });

  test.each([40, 50, 80])('fits %i columns, broken at words', (width) => {
    const lines = wavesText(PLAN, { palette: PLAIN_PALETTE, width }).split('\n');
    expect(Math.max(...lines.map((line) => textWidth(line)))).toBeLessThan(width);
    const words = (text: string) => text.split(/\s+/).join(' ');
    expect(words(lines.join('\n'))).toBe(words(wavesText(PLAN)));
  });

  test('colour changes no letter', async () => {
    const text = wavesText(PLAN, { palette: await createPalette(true), width: 50 });
    const plain = wavesText(PLAN, { palette: PLAIN_PALETTE, width: 50 });
    expect(text).not.toBe(plain);
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  test('what a name could do to a terminal or a shell is only shown', () => {
    const finding = { name: "a'b c", message: 'x\u001b[2J', hint: 'y', hosts: [] };
    const text = wavesText({ ...NOTHING, findings: [finding] });
    expect(text).toBe(`has to be accepted\n  ! x\\x1b[2J\n    y Or accept it: --accept-outage 'a'\\''b c'\n`);
  });
});

test('waves for a program', () => {
  const document = wavesDocument(PLAN);
  expect(document).toMatchObject({
    leftOut: [{ host: 'pc', why: 'nothing to do' }],
    findings: [{ name: 'dns', hosts: ['dns1'] }],
    accepted: [{ name: 'web' }],
  });
  expect((document['waves'] as unknown[])[0]).toEqual({
    wave: 1,
    hosts: [
      {
        host: 'nas',
        why: ['nothing depends on it'],
        outages: [{ what: 'nas', why: 'its services restart', seconds: 5 }],
      },
    ],
  });
});

test('who needs whom: of those in waves, the last jump host, the hosts of a group', () => {
  expect(needEdges(PLAN, TOPOLOGY)).toEqual([
    { from: 'nas', to: 'dns1', kind: 'depends on' },
    { from: 'dns1', to: 'gate', kind: 'via' },
    { from: 'dns1', to: 'pve1', kind: 'runs on' },
    { from: 'pve1', to: 'gate', kind: 'via' },
  ]);
});

const EVIL = 'a"]; click h0 "javascript:x" <b>&amp;#35;`end`%%{init}%%';

/** A plan of one wave with these hosts, the first of which depends on the others. */
function planOf(names: readonly string[]): [WavePlan, Topology] {
  const hosts = names.map((host) => ({ host, why: ['x'], outages: [] }));
  const [first = '', ...others] = names;
  return [
    { ...NOTHING, waves: [{ hosts }] },
    topologyOf([hostOf(first, { dependsOn: others }), ...others.map((name) => hostOf(name))]),
  ];
}

describe('waves for Mermaid', () => {
  test('a subgraph for each wave, in order, and arrows', () => {
    expect(wavesMermaid(PLAN, TOPOLOGY)).toBe(`flowchart LR
  subgraph w0["wave 1"]
    h0["nas"]
  end
  subgraph w1["wave 2"]
    h1["dns1"]
    h2["pve1"]
  end
  subgraph w2["wave 3"]
    h3["gate"]
  end
  w0 ~~~ w1
  w1 ~~~ w2
  h0 -- depends on --> h1
  h1 -. via .-> h3
  h1 == runs on ==> h2
  h2 -. via .-> h3
`);
  });

  test('a name is a label, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(EVIL), fc.string({ unit: 'binary' })), (name) => {
        const line = wavesMermaid(...planOf([name])).split('\n')[2] ?? '';
        const [, label] = /^ {4}h0\["((?:[\p{L}\p{N} ._-]|#\d+;)*)"\]$/u.exec(line) ?? [];
        expect(label).toBeDefined();
      }),
    );
    expect(wavesMermaid(...planOf(['a"b<#']))).toContain('h0["a#34;b#60;#35;"]');
  });
});

/** What is wrong with XML of this simple kind: tags that do not match, attributes without quotes, text that is no text. */
function xmlProblem(text: string): string | undefined {
  const open: string[] = [];
  const TOKEN =
    /<(?<close>\/?)(?<name>[a-zA-Z]+)(?<attributes>(?: [a-zA-Z:-]+="(?:[^<>&"]|&(?:amp|lt|gt|quot);)*")*)(?<empty>\/?)>|(?<text>(?:[^<>&]|&(?:amp|lt|gt|quot);)+)/uy;
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return `not XML at ${JSON.stringify(text.slice(at, at + 40))}`;
    at = TOKEN.lastIndex;
    const { close, name, empty, text: words } = token.groups ?? {};
    // XML 1.0, 2.2: which characters there are.
    if (words !== undefined && /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(words))
      return 'a character that XML does not have';
    if (name === undefined || empty === '/') continue;
    if (close === '/' && open.pop() !== name) return `</${name}> closes something else`;
    if (close !== '/') open.push(name);
  }
  return open.length > 0 ? `<${open.join('><')}> is never closed` : undefined;
}

describe('waves as a picture', () => {
  test('is XML that stands alone, with all hosts, waves and lines', () => {
    const svg = wavesSvg(PLAN, TOPOLOGY);
    expect(xmlProblem(svg)).toBeUndefined();
    for (const word of ['wave 1', 'wave 3', 'nas', 'dns1', 'pve1', 'gate'])
      expect(svg).toContain(`>${word}</text>`);
    expect(svg).toContain('<title>dns1 runs on pve1</title>');
    expect(svg.match(/<path class="via" d="M\d[^H"]*"><title>/g)).toHaveLength(2);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|@import|url\(|<script|<image|NaN/,
    );
  });

  test('boxes stay within their wave and the picture', () => {
    const svg = wavesSvg(PLAN, TOPOLOGY);
    const sizes = (kind: string) =>
      [
        ...svg.matchAll(
          new RegExp(
            `<rect class="${kind}" x="([\\d.]+)" y="([\\d.]+)" width="([\\d.]+)" height="([\\d.]+)"`,
            'g',
          ),
        ),
      ].map(([, ...numbers]) => numbers.map(Number));
    const [, width = 0, height = 0] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []).map(Number);
    const waves = sizes('wave');
    expect(waves).toHaveLength(3);
    for (const [x = 0, y = 0, wide = 0, tall = 0] of sizes('host'))
      expect(
        waves.some(
          ([left = 0, top = 0, across = 0, down = 0]) =>
            x >= left && x + wide <= left + across && y >= top && y + tall <= top + down,
        ),
      ).toBe(true);
    for (const [x = 0, y = 0, wide = 0, tall = 0] of waves) {
      expect(x + wide).toBeLessThanOrEqual(width);
      expect(y + tall).toBeLessThanOrEqual(height);
    }
  });

  test('a line past another wave hangs below its boxes, one to the next wave does not', () => {
    const hosts = ['a', 'b', 'c'].map((host) => ({ hosts: [{ host, why: ['x'], outages: [] }] }));
    const topology = topologyOf([hostOf('a', { dependsOn: ['b', 'c'] }), hostOf('b'), hostOf('c')]);
    const svg = wavesSvg({ ...NOTHING, waves: hosts }, topology);
    const heights = [...svg.matchAll(/ d="M\S+ (\d+)C\S+ (\d+) /g)].map(([, from, over]) => [from, over]);
    expect(heights).toEqual([
      ['60', '60'],
      ['60', '96'],
    ]);
  });

  test('a picture of nothing is one, too', () => {
    expect(xmlProblem(wavesSvg(NOTHING, TOPOLOGY))).toBeUndefined();
  });

  test('is XML whatever hosts are called', () => {
    const name = fc.oneof(
      fc.constantFrom(EVIL, '</svg>', '\ufffe\uffff\u0000', ']]>'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 3 }), (names) => {
        expect(xmlProblem(wavesSvg(...planOf(names)))).toBeUndefined();
      }),
    );
  });

  test.each<[string, string]>([
    ['<a><b></a></b>', '</a> closes something else'],
    ['<a>&</a>', 'not XML at "&</a>"'],
    ['<a>', '<a> is never closed'],
    ['<a x=1/>', 'not XML at "<a x=1/>"'],
    ['<a>\u0001</a>', 'a character that XML does not have'],
  ])('what looks for mistakes finds them: %s', (text, problem) => {
    expect(xmlProblem(text)).toBe(problem);
  });
});

test.each<[line: string, columns: number | undefined, lines: string[]]>([
  ['', 5, ['']],
  ['one two three', undefined, ['one two three']],
  ['one two three', 7, ['one two', 'three']],
  ['one two three', 3, ['one', 'two', 'three']],
  ['exceedingly long', 5, ['exceedingly', 'long']],
  ['日本 日本', 5, ['日本', '日本']],
])('%j in %s columns', (line, columns, lines) => {
  expect(wrapWords(line, columns)).toEqual(lines);
});
