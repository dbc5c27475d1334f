import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineRole } from '../../src/core/role.js';
import { roleSystemLines, roleSystems } from '../../src/reference/role-systems.js';

const role = (refuses?: (id: string) => string | undefined) =>
  defineRole<unknown>({
    summary: 'A role',
    params: z.strictObject({}),
    examples: [{}],
    ...(refuses === undefined ? {} : { refuses: ({ os }) => refuses(os.id) }),
    items: () => ({ items: [] }),
  });

test('a role that refuses nothing is for all', () => {
  expect(roleSystemLines(role())).toEqual([
    'For Debian 12, Debian 13, Ubuntu 24.04.2 LTS, Fedora 42, Alpine v3.21, NixOS 24.11.',
  ]);
});

test('reasons are told once, with the systems they are about', () => {
  const refuses = (id: string) => (['fedora', 'alpine'].includes(id) ? 'it has no package' : undefined);
  expect(roleSystemLines(role(refuses))).toEqual([
    'For Debian 12, Debian 13, Ubuntu 24.04.2 LTS, NixOS 24.11.',
    'Not for Fedora 42, Alpine v3.21: it has no package.',
  ]);
  expect(roleSystems(role(refuses))[3]).toEqual({ system: 'Fedora 42', reason: 'it has no package' });
});
