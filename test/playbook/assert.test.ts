import { describe, expect, test } from '@jest/globals';
import { compileFor, mistakes, paramsFor } from './playbook-project.js';

const playOf = (that: string, rest = ''): string =>
  `- name: P\n  hosts: dns\n  vars: { role: client, sizes: [1, 2] }\n  tasks:\n    - assert: { that: ${that} }\n${rest}`;
const found = async (that: string, rest = ''): Promise<unknown> =>
  ((await paramsFor('dns1', playOf(that, rest)))[0] as { found: unknown }).found;

describe('what an assertion finds', () => {
  test.each<[string, readonly string[]]>([
    ['{ os_family: debian }', []],
    ['[{ os_family: debian, group: dns }, { vars.role: [client, server] }]', []],
    ['{ os_family: alpine }', ['os_family is debian, not alpine']],
    ['{ arch: [arm64, armhf, riscv64] }', ['arch is amd64, not arm64, armhf or riscv64']],
    [
      '{ os_family: alpine, vars.role: server }',
      ['os_family is debian, not alpine', 'vars.role is client, not server'],
    ],
    ['[{ os_family: debian }, { arch: arm64 }]', ['arch is amd64, not arm64']],
    ['{ vars.sizes: 3 }', ['vars.sizes is 1, 2, not 3']],
    ['{ host: nas }', ['host is dns1, not nas']],
    ['{ group: storage }', ['group is dns, not storage']],
    ['{ not: { os_family: debian } }', ['os_family is debian, which is ruled out']],
    [
      '{ not: { os_family: debian, group: dns } }',
      ['os_family is debian and group is dns, which is ruled out'],
    ],
    ['{ not: { not: { os_family: alpine } } }', ['what is ruled out holds']],
    [`{ vars.role: '{{vars.domain}}' }`, ['vars.role is client, not lan']],
  ])('%s: %j', async (that, expected) => {
    expect(await found(that)).toEqual(expected);
  });

  test('values of a sensitive item are not told', async () => {
    expect(await found('{ vars.role: server }', '      sensitive: true\n')).toEqual([
      'vars.role is ***, not ***',
    ]);
  });

  test('one that `when` leaves out is not judged', async () => {
    const [play] = await compileFor('dns1', playOf('{ arch: arm64 }', '      when: { os_family: alpine }\n'));
    expect(play?.items[0]).toMatchObject({ skipReason: '`when` does not match', params: undefined });
  });
});

describe('mistakes', () => {
  test('one that does not hold is none: other hosts may go on', async () => {
    expect(await mistakes(playOf('{ vars.role: server }'))).toEqual([]);
  });

  test.each<[string, string]>([
    [
      '{ os_famly: debian }',
      '5:25 unknown-condition: unknown key "os_famly" in a condition | Did you mean os_family?',
    ],
    [
      '[{}, { os_famly: debian }]',
      '5:30 unknown-condition: unknown key "os_famly" in a condition | Did you mean os_family?',
    ],
    [
      '{ vars.rle: x }',
      '5:25 undefined-variable: the variable "rle" is not defined for this host | Did you mean role?',
    ],
    ['{ group: dsn }', '5:25 unknown-group: there is no group "dsn" in the inventory | Did you mean dns?'],
    [
      '{ changed: one }',
      '5:25 bad-condition: `changed` is asked by `when` alone | Facts, vars.NAME, host and group are compared with a value or with each of a list.',
    ],
    [
      '{ arch: { not: amd64 } }',
      '5:25 bad-condition: `arch` takes a value or a list | Facts, vars.NAME, host and group are compared with a value or with each of a list.',
    ],
  ])('%s', async (that, expected) => {
    expect(await mistakes(playOf(that))).toEqual([expected]);
  });
});
