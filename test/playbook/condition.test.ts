import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { resolveCondition, type ConditionContext } from '../../src/playbook/condition.js';
import type { Condition } from '../../src/playbook/schema.js';

const context: ConditionContext = {
  facts: FACT_EXAMPLES,
  vars: { role: 'server', port: 22, deep: { level: 'two' }, tags: ['a', 'b'], on: true },
  host: 'dns1',
  groups: ['dns', 'inner'],
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
    [{ os_familiy: 'debian' }, 'playbook/unknown-condition', 'Did you mean os_family?'],
    [{ 'vars.rôle': 'x' }, 'playbook/undefined-variable', 'Did you mean role?'],
    [{ 'vars.deep.levl': 'x' }, 'playbook/undefined-variable', 'Did you mean level?'],
    [{ changed: 'confg' }, 'playbook/unknown-id', 'Did you mean config?'],
    [{ not: 'debian' }, 'playbook/bad-condition', ''],
  ])('%j: %s', (condition, code, hint) => {
    let thrown: unknown;
    try {
      matches(condition);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code, source: { file: 'site.yml', column: 1 } });
    if (hint !== '') expect(thrown).toMatchObject({ hint });
  });
});
