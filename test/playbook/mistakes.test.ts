import { describe, expect, test } from '@jest/globals';
import { HomelabError, HomelabErrors } from '../../src/core/errors.js';
import { collect, Mistakes } from '../../src/playbook/mistakes.js';
import { told } from './playbook-project.js';

const error = (file: string, line: number, message = 'bad', hint = 'Mend it.') =>
  new HomelabError({ code: 'playbook/x', message, hint, source: { file, line, column: 1 } });

const HOSTS = ['a', 'b', 'c', 'd', 'e'];

describe('Mistakes', () => {
  test.each<readonly [hosts: readonly string[], expected: string]>([
    [[], 'bad'],
    [['a'], 'bad (on a)'],
    [['b', 'a', 'b'], 'bad (on b, a)'],
    [['a', 'b', 'c', 'd'], 'bad (on a, b, c and 1 more)'],
    [HOSTS, 'bad'],
  ])('found for %j of five hosts: %s', async (hosts, expected) => {
    const mistakes = new Mistakes();
    if (hosts.length === 0) mistakes.add([error('site.yml', 1)]);
    for (const host of hosts) mistakes.add([error('site.yml', 1, 'bad', `Mend ${host}.`)], host, HOSTS);
    const [first = 'a'] = hosts;
    const hint = hosts.length === 0 ? 'Mend it.' : `Mend ${first}.`;
    expect(await told(() => mistakes.throwIfAny([]))).toEqual([`1:1 x: ${expected} | ${hint}`]);
  });

  test('are told in the order of the files and places; those without a place first, other files last', async () => {
    const mistakes = new Mistakes();
    mistakes.add([
      error('t.hbs', 1),
      error('a.yml', 9),
      error('b.yml', 3),
      error('b.yml', 1),
      error('s.hbs', 2),
    ]);
    mistakes.add([new HomelabError({ code: 'usage/x', message: 'nowhere' })]);
    const lines = await told(() => mistakes.throwIfAny(['b.yml', 'a.yml']));
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'nowhere',
      'b.yml:1:1',
      'b.yml:3:1',
      'a.yml:9:1',
      's.hbs:2:1',
      't.hbs:1:1',
    ]);
  });

  test('none', () => {
    expect(() => new Mistakes().throwIfAny([])).not.toThrow();
  });
});

describe('collect', () => {
  const one = error('a', 1);
  test.each<readonly [string, unknown, readonly HomelabError[]]>([
    ['one', one, [one]],
    ['many', new HomelabErrors([one, one]), [one, one]],
  ])('%s', (_name, thrown, expected) => {
    const errors: HomelabError[] = [];
    const read = (): never => {
      throw thrown;
    };
    expect(collect(errors, read)).toBeUndefined();
    expect(errors).toEqual(expected);
  });

  test('a bug of ours is not collected', () => {
    const bug = new TypeError('x');
    expect(() =>
      collect([], () => {
        throw bug;
      }),
    ).toThrow(bug);
  });

  test('an answer', () => {
    expect(collect([], () => 1)).toBe(1);
  });
});
