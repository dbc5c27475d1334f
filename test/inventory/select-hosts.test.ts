import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HomelabError } from '../../src/core/errors.js';
import type { GroupConfig, HostConfig, Inventory } from '../../src/core/host-config.js';
import { selectHosts } from '../../src/inventory/select-hosts.js';
import { caught } from '../yaml/caught.js';

const MEMBERS: Record<string, string[]> = {
  'web-1': ['web', 'edge'],
  'web-2': ['web'],
  'web-10': ['web'],
  dns1: ['dns', 'edge'],
  dns2: ['dns'],
  'nas.lan': [],
};

function inventoryOf(members: Readonly<Record<string, readonly string[]>>): Inventory {
  const names = Object.keys(members);
  const groups = new Set(Object.values(members).flat()).add('empty');
  return {
    hosts: new Map(names.map((name) => [name, { name } as HostConfig])),
    groups: new Map(
      [...groups].map((name): [string, GroupConfig] => [
        name,
        { name, hosts: names.filter((host) => members[host]?.includes(name)), vars: new Map() },
      ]),
    ),
    files: [],
  };
}

const inventory = inventoryOf(MEMBERS);
const select = (...patterns: string[]) => selectHosts(inventory, patterns).map(({ name }) => name);

describe('what patterns choose', () => {
  test.each<[string, string[], string[]]>([
    ['nothing said: all', [], Object.keys(MEMBERS)],
    ['all', ['all'], Object.keys(MEMBERS)],
    ['a name', ['dns2'], ['dns2']],
    ['names, in the order of the inventory, once', ['dns2', 'web-1', 'dns2'], ['web-1', 'dns2']],
    ['a group', ['edge'], ['web-1', 'dns1']],
    ['a list with commas', ['dns1, web-2'], ['web-2', 'dns1']],
    ['a star', ['web-*'], ['web-1', 'web-2', 'web-10']],
    ['a star for everything', ['*'], Object.keys(MEMBERS)],
    ['a question mark', ['web-?'], ['web-1', 'web-2']],
    ['a set', ['dns[13]'], ['dns1']],
    ['a range', ['web-[1-9]'], ['web-1', 'web-2']],
    ['not a set', ['dns[!1]'], ['dns2']],
    ['a dot is a dot', ['nas?lan', 'dns.*'].slice(0, 1), ['nas.lan']],
    ['without a name', ['web', '!web-2'], ['web-1', 'web-10']],
    ['exclusions win wherever they stand', ['!web-2', 'web'], ['web-1', 'web-10']],
    ['only exclusions: from all', ['!web', '!nas*'], ['dns1', 'dns2']],
    ['without a group', ['web,!edge'], ['web-2', 'web-10']],
    ['an empty group beside others', ['empty', 'dns1'], ['dns1']],
  ])('%s', (_name, patterns, expected) => {
    expect(select(...patterns)).toEqual(expected);
  });
});

describe('patterns that choose nothing', () => {
  test.each<[string, string[], string, string]>([
    ['a typo', ['dsn1'], 'inventory/unknown-host', 'Did you mean dns1, dns or dns2?'],
    ['a typo of a group', ['egde'], 'inventory/unknown-host', 'Did you mean edge?'],
    ['a typo behind !', ['all', '!dsn2'], 'inventory/unknown-host', 'Did you mean dns2, dns or dns1?'],
    [
      'a glob',
      ['db-*'],
      'inventory/unknown-host',
      '`homelab inventory list` shows the hosts and their groups.',
    ],
    ['a dot is no star', ['dns.'], 'inventory/unknown-host', 'Did you mean dns, dns1 or dns2?'],
    [
      'an empty group',
      ['empty'],
      'inventory/no-hosts',
      '`homelab inventory list` shows the hosts and their groups.',
    ],
    [
      'everything excluded',
      ['dns', '!dns'],
      'inventory/no-hosts',
      '`homelab inventory list` shows the hosts and their groups.',
    ],
    [
      'an empty pattern',
      ['dns1,'],
      'usage/pattern',
      'Write a name, a group, a glob such as web-*, all, or one of these behind !.',
    ],
    [
      'only an exclamation mark',
      ['!'],
      'usage/pattern',
      'Write a name, a group, a glob such as web-*, all, or one of these behind !.',
    ],
    [
      'an open bracket',
      ['web-[1'],
      'usage/pattern',
      'Write a name, a group, a glob such as web-*, all, or one of these behind !.',
    ],
    [
      'a backward range',
      ['web-[9-1]'],
      'usage/pattern',
      'Write a name, a group, a glob such as web-*, all, or one of these behind !.',
    ],
  ])('%s', (_name, patterns, code, hint) => {
    const error = caught(() => select(...patterns));
    expect(error).toBeInstanceOf(HomelabError);
    expect(error).toMatchObject({ code, hint });
  });

  test('an inventory without hosts', () => {
    expect(caught(() => selectHosts(inventoryOf({}), ['all']))).toMatchObject({ code: 'inventory/no-hosts' });
  });
});

const run = (made: Inventory, patterns: readonly string[]): string[] | undefined => {
  try {
    return selectHosts(made, patterns).map((host) => host.name);
  } catch (error) {
    expect(error).toBeInstanceOf(HomelabError);
    return undefined;
  }
};

describe('for any inventory and patterns', () => {
  const name = fc.stringMatching(/^[a-c][a-c0-2.-]{0,3}$/);
  const members = fc.dictionary(name, fc.subarray(['g1', 'g2', 'g3']), {
    minKeys: 1,
    maxKeys: 8,
    noNullPrototype: true,
  });
  const pattern = fc.oneof(
    name,
    fc.constantFrom('all', 'g1', 'g2', '*', 'a*', '?', 'b?', '*[0-2]', '[!a]*', 'a**b'),
  );
  test('hosts come in the order of the inventory, each once, whatever the order of the patterns', () => {
    fc.assert(
      fc.property(members, fc.array(pattern, { minLength: 1, maxLength: 4 }), (made, patterns) => {
        const found = run(inventoryOf(made), patterns);
        expect(run(inventoryOf(made), patterns.toReversed())).toEqual(found);
        if (found !== undefined)
          expect(Object.keys(made).filter((one) => found.includes(one))).toEqual(found);
      }),
    );
  });

  test('an exclusion takes away exactly what it would choose', () => {
    fc.assert(
      fc.property(members, pattern, pattern, (made, wanted, unwanted) => {
        const chosen = run(inventoryOf(made), [wanted]);
        const left = run(inventoryOf(made), [unwanted]);
        const found = run(inventoryOf(made), [wanted, `!${unwanted}`]);
        if (chosen === undefined || found === undefined) return;
        expect(found).toEqual(chosen.filter((one) => !(left ?? []).includes(one)));
      }),
    );
  });

  test('a name chooses itself', () => {
    fc.assert(
      fc.property(members, (made) => {
        for (const one of Object.keys(made)) expect(run(inventoryOf(made), [one])).toEqual([one]);
      }),
    );
  });

  test('a long row of stars is answered', () => {
    const made = inventoryOf({ ['a'.repeat(200)]: [] });
    expect(run(made, [`${'*'.repeat(60)}b`])).toBeUndefined();
  });
});
