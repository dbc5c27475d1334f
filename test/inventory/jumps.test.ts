import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { load, mistakes, removeProjects } from './project-folder.js';

afterAll(removeProjects);

async function chains(text: string): Promise<Record<string, readonly string[] | undefined>> {
  const { hosts } = await load(text);
  return Object.fromEntries([...hosts].map(([name, { via }]) => [name, via]));
}

describe('the way to a host', () => {
  test.each<[string, string, Record<string, string[] | undefined>]>([
    ['directly', 'hosts: { a: }', { a: undefined }],
    ['directly, whatever ssh_config says', 'hosts: { a: { via: [] } }', { a: [] }],
    ['through one', 'hosts: { gate: , a: { via: gate } }', { gate: undefined, a: ['gate'] }],
    [
      'through a chain, the nearest first',
      'hosts: { c: { via: b }, b: { via: a }, a: }',
      {
        c: ['a', 'b'],
        b: ['a'],
        a: undefined,
      },
    ],
    [
      'through a list',
      'hosts: { a: , b: , c: { via: [a, b] } }',
      { a: undefined, b: undefined, c: ['a', 'b'] },
    ],
    [
      'the first of a list has a way of its own',
      'hosts: { z: , a: { via: z }, b: , c: { via: [a, b] } }',
      {
        z: undefined,
        a: ['z'],
        b: undefined,
        c: ['z', 'a', 'b'],
      },
    ],
    [
      'of the second of a list nothing is taken',
      'hosts: { a: , b: { via: a }, c: { via: [a, b] } }',
      {
        a: undefined,
        b: ['a'],
        c: ['a', 'b'],
      },
    ],
    [
      'by default; the jump host itself is reached directly',
      'defaults: { via: gate }\nhosts: { gate: , a: , b: { via: [] } }',
      {
        gate: undefined,
        a: ['gate'],
        b: [],
      },
    ],
    [
      'by default, through hosts that are on the default way themselves',
      'defaults: { via: in }\nhosts: { out: , in: { via: out }, a: }',
      { out: undefined, in: ['out'], a: ['out', 'in'] },
    ],
    [
      'this machine needs none',
      'defaults: { via: gate }\nhosts: { gate: , here: { transport: local } }',
      {
        gate: undefined,
        here: undefined,
      },
    ],
  ])('%s', async (_name, text, expected) => {
    expect(await chains(text)).toEqual(expected);
  });

  test('a default way says where it is from, and only where it is taken', async () => {
    const { hosts } = await load('defaults: { via: gate }\nhosts: { gate: , a: }');
    expect(hosts.get('a')?.settings.get('via')).toMatchObject({ value: ['gate'], origin: 'defaults' });
    expect(hosts.get('gate')?.settings.has('via')).toBe(false);
  });
});

describe('ways that lead nowhere', () => {
  test.each<[string, string, string[]]>([
    ['itself', 'hosts: { a: { via: a } }', ['1:20 jump-cycle "a" is its own jump host']],
    [
      'a circle of two',
      'hosts:\n  a: { via: b }\n  b: { via: a }',
      ['2:13 jump-cycle jump hosts go round: a → b → a'],
    ],
    [
      'a circle of three, and one behind it',
      'hosts:\n  x: { via: a }\n  a: { via: b }\n  b: { via: c }\n  c: { via: a }',
      ['3:13 jump-cycle jump hosts go round: a → b → c → a'],
    ],
    [
      'two circles',
      'hosts:\n  a: { via: a }\n  b: { via: c }\n  c: { via: b }',
      ['2:13 jump-cycle "a" is its own jump host', '3:13 jump-cycle jump hosts go round: b → c → b'],
    ],
    [
      'itself, at the end of a list',
      'hosts: { a: , b: { via: [a, b] } }',
      ['1:26 jump-cycle the way to "b" passes "b" twice: a → b → b'],
    ],
    [
      'one twice in a list',
      'hosts: { a: , b: { via: [a, a] } }',
      ['1:26 jump-cycle the way to "b" passes "a" twice: a → a → b'],
    ],
    [
      'one twice by way of another',
      'hosts: { a: , b: { via: a }, c: { via: [b, a] } }',
      ['1:41 jump-cycle the way to "c" passes "a" twice: a → b → a → c'],
    ],
    [
      'an unknown one',
      'hosts: { gate: , b: { via: [gate, gat] } }',
      ['1:35 unknown-host "b" names a jump host "gat" that the inventory does not have'],
    ],
    [
      'from this machine to itself',
      'hosts: { gate: , a: { transport: local, via: gate } }',
      ['1:46 local-jump "a" has a jump host, but its transport is local'],
    ],
    [
      'through this machine',
      'hosts: { here: { transport: local }, a: { via: [here] } }',
      ['1:49 local-jump "here" cannot be a jump host: its transport is local'],
    ],
  ])('%s', async (_name, text, expected) => {
    expect(await mistakes(text)).toEqual(expected);
  });

  test('of any jump hosts: every chain ends at a host without one, or a circle is told', async () => {
    const graph = fc.array(fc.option(fc.nat({ max: 7 })), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(graph, async (jumps) => {
        const text = jumps
          .map((jump, index) => `  h${index}: { ${jump === null ? '' : `via: h${jump}`} }`)
          .join('\n');
        const isEndless = jumps.some((_jump, start) => {
          let at: number | null = start;
          for (let step = 0; step <= jumps.length && at !== null; step++) at = jumps[at] ?? null;
          return at !== null;
        });
        const found = await mistakes(`hosts:\n${text}`);
        expect(found.length > 0).toBe(isEndless);
        if (isEndless) return;
        for (const [name, via] of Object.entries(await chains(`hosts:\n${text}`))) {
          const own = jumps[Number(name.slice(1))] ?? null;
          expect(via?.at(-1)).toBe(own === null ? undefined : `h${own}`);
          if (via !== undefined) expect(jumps[Number(via[0]?.slice(1))] ?? null).toBeNull();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a chain of a thousand is a chain', async () => {
    const lines = Array.from(
      { length: 1000 },
      (_, index) => `  h${index}: ${index === 0 ? '' : `{ via: h${index - 1} }`}`,
    );
    const { hosts } = await load(`hosts:\n${lines.join('\n')}`);
    expect(hosts.get('h999')?.via).toHaveLength(999);
  });
});
