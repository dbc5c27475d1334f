import { expect, test } from '@jest/globals';
import { driftMemory, tellingScope } from '../../../src/commands/shared/drift-memory.js';
import { loadSettings } from '../../../src/inventory/settings.js';

const settings = { ...loadSettings('/nowhere'), state: '/state' };
const of = (inventory?: string, variables: readonly string[] = [], dir = '/project') => ({
  dir,
  settings,
  instead: { inventory, variables },
});
const folder = (...what: Parameters<typeof of>): string => driftMemory(of(...what), 'r1').folder;
const scope = (...what: Parameters<typeof of>): string => tellingScope(of(...what));

test('the project as it is has its own', () => {
  expect(folder()).toBe('/state/drift');
  expect(scope()).toBe('');
});

test('hosts of another inventory are remembered apart, and go with the project', () => {
  const other = folder('/project/other.yml');
  expect(other).toMatch(/^\/state\/drift\/inventory-[0-9a-f]{16}$/);
  expect(folder('/project/third.yml')).not.toBe(other);
  expect(folder('/moved/other.yml', [], '/moved')).toBe(other);
});

test('of variables only what is told is apart', () => {
  expect(folder(undefined, ['a=1'])).toBe('/state/drift');
  const all = [scope(undefined, ['a=1']), scope('/project/o.yml'), scope('/project/o.yml', ['a=1']), scope()];
  expect(new Set(all).size).toBe(4);
});
