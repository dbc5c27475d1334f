import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../../src/core/condition.js';
import { type HomelabError, HomelabErrors } from '../../src/core/errors.js';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { resolveCondition, type ConditionContext } from '../../src/playbook/condition.js';
import { UNKNOWN } from '../../src/render/scope.js';

const context: ConditionContext = {
  facts: FACT_EXAMPLES,
  vars: {
    role: 'server',
    port: 22,
    deep: { level: 'two', open: UNKNOWN },
    map: { level: 'two' },
    tags: ['a', 'b'],
    on: true,
    open: UNKNOWN,
  },
  host: 'dns1',
  groups: ['dns', 'inner'],
  knownHosts: ['dns1', 'dns2', 'nas'],
  knownGroups: ['dns', 'inner', 'web'],
  earlierIds: ['config'],
  locateKey: (path) => ({ file: 'site.yml', line: 1, column: path.length }),
};

const matches = (condition: Condition, rest: Partial<ConditionContext> = {}): boolean | undefined =>
  resolveCondition(condition, { ...context, ...rest }).matches;

describe('matches', () => {
  test.each<[Condition, boolean | undefined]>([
    [{}, true],
    [{ os_family: 'debian' }, true],
    [{ os_family: 'alpine' }, false],
    [{ os_version: 12 }, true],
    [{ arch: ['arm64', 'amd64'] }, true],
    [{ os_family: 'debian', arch: 'arm64' }, false],
    [{ addresses: '192.0.2.10' }, true],
    [{ 'vars.role': 'server' }, true],
    [{ 'vars.deep.level': 'two' }, true],
    [{ 'vars.tags': 'b' }, true],
    [{ 'vars.on': true }, true],
    [{ 'vars.port': '22' }, true],
    [{ host: ['dns1', 'dns2'] }, true],
    [{ group: 'web' }, false],
    [{ not: { os_family: 'alpine' } }, true],
    [{ not: { not: { os_family: 'alpine' } } }, false],
    [{ changed: 'config' }, undefined],
    [{ changed: 'config', os_family: 'alpine' }, false],
  ])('%j: %p', (condition, expected) => {
    expect(matches(condition)).toBe(expected);
  });

  test.each<[Condition, boolean | undefined]>([
    [{ os_family: 'alpine' }, undefined],
    [{ not: { os_family: 'debian' } }, undefined],
    [{ os_family: 'debian', 'vars.role': 'client' }, false],
    [{ 'vars.open': 'x' }, undefined],
    [{ 'vars.open.whatever': 'x' }, undefined],
    [{ 'vars.deep.open': 'x' }, undefined],
    [{ not: { 'vars.open': 'x' } }, undefined],
  ])('before the host was asked, %j: %p', (condition, expected) => {
    expect(matches(condition, { facts: undefined })).toBe(expected);
    if (expected === undefined) {
      expect(resolveCondition(condition, { ...context, facts: undefined }).evaluate(() => false)).toBe(true);
    }
  });

  test.each<[Condition, boolean, boolean]>([
    [{ changed: 'config' }, true, true],
    [{ changed: ['config'] }, false, false],
    [{ not: { changed: 'config' } }, true, false],
  ])('%j where changed is %p: %p', (condition, isChanged, expected) => {
    expect(resolveCondition(condition, context).evaluate(() => isChanged)).toBe(expected);
  });
});

describe('mistakes', () => {
  test.each<[Condition, string, string]>([
    [{ os_familiy: 'debian' }, 'unknown-condition', 'Did you mean os_family?'],
    [{ 'vars.rôle': 'x' }, 'undefined-variable', 'Did you mean role?'],
    [{ 'vars.deep.levl': 'x' }, 'undefined-variable', 'Did you mean level?'],
    [{ changed: 'confg' }, 'unknown-id', 'Did you mean config?'],
    [{ host: ['dns1', 'nsa'] }, 'unknown-host', 'Did you mean nas'],
    [{ group: 'inne' }, 'unknown-group', 'Did you mean inner?'],
    [{ 'vars.map': 'two' }, 'bad-condition', 'Facts, vars.NAME, host and group are compared'],
    [{ not: 'debian' }, 'bad-condition', 'Facts, vars.NAME, host and group are compared'],
    [{ arch: { not: 'amd64' } }, 'bad-condition', 'Facts, vars.NAME, host and group are compared'],
    [{ arch: '{{vars.role}}' }, 'bad-condition', 'Facts, vars.NAME, host and group are compared'],
  ])('%j: %s', (condition, code, hint) => {
    expect(mistakesOf(condition)).toEqual([
      {
        code: `playbook/${code}`,
        hint: expect.stringContaining(hint) as unknown,
        source: { file: 'site.yml', line: 1, column: 1 },
      },
    ]);
  });

  test('every one, also below `not`', () => {
    const found = mistakesOf({ os_familiy: 'debian', not: { 'vars.rle': 'x' }, group: 'dns' });
    expect(found.map(({ code, source }) => `${source?.column} ${code}`)).toEqual([
      '1 playbook/unknown-condition',
      '2 playbook/undefined-variable',
    ]);
  });
});

/** What is wrong with a condition; the column of a place is how deep its key is. */
function mistakesOf(condition: Condition): Pick<HomelabError, 'code' | 'hint' | 'source'>[] {
  try {
    matches(condition);
  } catch (error) {
    if (error instanceof HomelabErrors)
      return error.errors.map(({ code, hint, source }) => ({ code, hint, source }));
    throw error;
  }
  return [];
}
