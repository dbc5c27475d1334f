import * as z from 'zod';
import { HomelabError } from '../../src/core/errors.js';
import { defineRole, type AnyRole } from '../../src/core/role.js';
import { Secret } from '../../src/core/secret.js';
import type { RoleSource } from '../../src/playbook/raw-role.js';

const greeting = defineRole({
  summary: 'A greeting',
  params: z.strictObject({
    text: z.string().describe('what it says'),
    password: z
      .union([z.string(), z.instanceof(Secret)])
      .default('')
      .describe('what nobody sees'),
    mode: z
      .string()
      .regex(/^0[0-7]{3}$/, 'must be octal')
      .default('0644')
      .describe('of the file'),
    people: z.array(z.string()).default([]).describe('whom it greets'),
  }),
  examples: [{ text: 'Hello' }],
  items: ({ text, password, mode, people }, { facts, host, hosts }) => ({
    items: [
      {
        name: 'motd of {{host.name}}',
        kind: 'file',
        params: { path: '/etc/motd', content: text, mode },
        onChange: ['tell'],
        sensitive: true,
        guarded: false,
      },
      ...(password === ''
        ? []
        : [{ name: 'secret', kind: 'file', params: { path: '/etc/secret', content: password } }]),
      ...people.map((one) => ({
        name: one,
        kind: 'file',
        params: {
          path: `/srv/${one}`,
          content: `${host.name} of ${hosts.length} on ${facts.os.id} {{braces}}`,
        },
      })),
    ],
    actions: {
      tell: { name: 'tell', kind: 'service', params: { name: 'motd', restart: true } },
    },
  }),
});

const webServer = defineRole({
  summary: 'Something that listens',
  params: z.strictObject({ port: z.int().min(1).max(65535).default(80).describe('where') }),
  examples: [{}],
  refuses: (facts) => (facts.os.family === 'alpine' ? 'nothing serves there' : undefined),
  items: () => ({ items: [{ name: 'server', kind: 'package', params: { names: ['nginx'] } }] }),
  ports: ({ port }, { host }) => [{ protocol: 'tcp', port, what: `web of ${host.name}` }],
});

const gate = defineRole({
  summary: 'Lets in what listens',
  params: z.strictObject({}),
  examples: [{}],
  items: (_params, { ports, roles }) => ({
    items: [
      { name: 'roles', kind: 'file', params: { path: '/etc/roles', content: roles.join(', ') } },
      {
        name: 'ports',
        kind: 'file',
        params: { path: '/etc/ports', content: ports.map(({ port, what }) => `${port} ${what}`).join(', ') },
      },
    ],
  }),
  ports: () => [{ protocol: 'tcp', port: 1, what: 'the gate itself' }],
});

const mirror = defineRole({
  summary: 'Says what it sees',
  params: z.strictObject({}),
  examples: [{}],
  items: (_params, { host, hosts }) => ({
    items: [
      {
        name: 'seen',
        kind: 'file',
        params: {
          path: '/etc/seen',
          content: JSON.stringify({ host, hosts: hosts.map(({ name }) => name) }),
        },
      },
    ],
  }),
});

const varied = defineRole({
  summary: 'Asks for another kind on another system',
  params: z.strictObject({}),
  examples: [{}],
  items: (_params, { facts }) => ({
    items: [
      facts.os.family === 'alpine'
        ? { name: 'crew', kind: 'group', params: { name: 'crew' } }
        : { name: 'vim', kind: 'package', params: { names: ['vim'] } },
    ],
  }),
});

const picky = defineRole({
  summary: 'Only for one version',
  params: z.strictObject({ level: z.int().default(1), path: z.string().default('/etc/a') }),
  examples: [{}],
  items: ({ level, path }, { facts }) => {
    if (Number.parseInt(facts.os.version, 10) < level) {
      throw new HomelabError({
        code: 'role/picky-level',
        message: `level ${level} is more than ${facts.os.version} has`,
        hint: 'Take less.',
      });
    }
    return { items: [{ name: 'a', kind: 'file', params: { path, content: '' } }] };
  },
});

const roles: Readonly<Record<string, AnyRole>> = {
  greeting: greeting as AnyRole,
  'web-server': webServer as AnyRole,
  gate: gate as AnyRole,
  mirror: mirror as AnyRole,
  varied: varied as AnyRole,
  picky: picky as AnyRole,
};

/** Some roles, each known by its name alone. */
export const ROLES: RoleSource = {
  roles: () => Object.keys(roles),
  load: async (name) => {
    const role = roles[name];
    if (role === undefined) throw new Error(`no role ${name}`);
    return role;
  },
};
