import { describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { HomelabError } from '../../src/core/errors.js';
import { createRoleRegistry } from '../../src/core/role-registry.js';
import { ROLE_KEYS } from '../../src/playbook/schema.js';
import { ARCHITECTURES, factsOf, SYSTEMS } from './fact-presets.js';
import { roleItems, rolePorts, roleServices, type RoleAnswer } from './role-items.js';

/** A project with the files that examples name. */
const PROJECT = fileURLToPath(new URL('example-project', import.meta.url));

const registry = createRoleRegistry();
const roles: { name: string; role: Awaited<ReturnType<typeof registry.load>> }[] = [];
// One after the other: Jest links modules that are imported at the same time before they are all there.
for (const name of registry.roles()) roles.push({ name, role: await registry.load(name) });

/** What the role answers; undefined where it says why these parameters make no sense there. */
function answerOf(ask: () => RoleAnswer): RoleAnswer | undefined {
  try {
    return ask();
  } catch (thrown) {
    if (!(thrown instanceof HomelabError)) throw thrown;
    expect(thrown).toMatchObject({
      code: expect.stringMatching(/^role\/[a-z-]+$/),
      hint: expect.any(String),
    });
    return undefined;
  }
}

describe.each(roles)('the role $name', ({ role }) => {
  const shape = role.params instanceof z.ZodObject ? (role.params.shape as object) : {};

  test('has parameters, none of which is called as a key of its entry, each with words about it', () => {
    expect(role.params).toBeInstanceOf(z.ZodObject);
    expect(Object.keys(shape).filter((name) => ROLE_KEYS.includes(name))).toEqual([]);
    const parameters = Object.values(shape) as z.ZodType[];
    expect(parameters.map(({ description = '' }) => description)).not.toContain('');
  });

  test('takes nothing that it does not know', () => {
    const [example = {}] = role.examples;
    expect(role.params.safeParse({ ...(example as object), nonsense: 1 }).success).toBe(false);
  });

  const combinations = SYSTEMS.flatMap((system) =>
    ARCHITECTURES.flatMap((arch) =>
      role.examples.map((example) => [system, arch, JSON.stringify(example), example] as const),
    ),
  );

  test('is for one of the systems at least', () => {
    expect(SYSTEMS.filter((system) => role.refuses?.(factsOf(system)) === undefined)).not.toEqual([]);
  });

  test.each(combinations)('%s on %s: %s', (system, arch, _shown, example) => {
    const asking = { system, facts: { arch }, project: PROJECT };
    const reason = role.refuses?.(factsOf(system, { arch }));
    if (reason !== undefined) {
      expect(reason).toMatch(/\S[^.]$/);
      return;
    }
    const answer = answerOf(() => roleItems(role, example, asking));
    if (answer === undefined) return;
    const { items, actions } = answer;
    expect(roleItems(role, example, asking)).toEqual({
      ...answer,
      params: expect.anything(),
      file: expect.anything(),
    });
    expect(rolePorts(role, example, asking)).toEqual(rolePorts(role, example, asking));
    for (const service of roleServices(role, example, asking)) {
      expect(service.ready).not.toEqual([]);
      expect(service.version).not.toEqual([]);
    }
    const names = [...items.map(({ name }) => name), ...Object.keys(actions)];
    expect(names).toEqual([...new Set(names)]);
    // Every action is somebody's, else it could never run.
    const owed = new Set(items.flatMap(({ onChange = [] }) => onChange));
    expect(Object.keys(actions).filter((name) => !owed.has(name))).toEqual([]);
  });
});
