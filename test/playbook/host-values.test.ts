import { afterAll, describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import type { Variable } from '../../src/core/host-config.js';
import { HostValueSource, type HostValues } from '../../src/playbook/host-values.js';
import { createRenderer, type Renderer } from '../../src/render/renderer.js';
import { UNKNOWN } from '../../src/render/scope.js';
import { load, removeProjects } from '../inventory/project-folder.js';
import { told } from './playbook-project.js';

afterAll(removeProjects);

const variable = (value: unknown): Variable => ({
  value,
  origin: 'test',
  source: { file: 'site.yml', line: 1, column: 1 },
});

/** The values of the host `a`, one of two, with variables of a play. */
async function valuesOf(
  vars: Readonly<Record<string, unknown>>,
  rest: { readonly inventory?: string; readonly isOffline?: boolean; readonly renderer?: Renderer } = {},
): Promise<HostValues> {
  const text =
    rest.inventory ??
    'groups: { web: {} }\nhosts: { a: { groups: [web] }, b: { address: 10.0.0.2, user: x, port: 2222 } }';
  const inventory = await load(text);
  const source = new HostValueSource(inventory, rest.renderer ?? createRenderer());
  const host = inventory.hosts.get('a');
  if (host === undefined) throw new Error('no host a');
  const layer = new Map(Object.entries(vars).map(([name, value]) => [name, variable(value)]));
  return source.valuesOf(host, layer, rest.isOffline === true ? undefined : FACT_EXAMPLES);
}

describe('variables', () => {
  test.each<readonly [name: string, vars: Readonly<Record<string, unknown>>, expected: unknown]>([
    ['a plain value stays as it is', { x: [1, { a: null }] }, [1, { a: null }]],
    ['names another', { x: '{{vars.y}} and {{vars.y}}', y: 2 }, '2 and 2'],
    ['alone, with its type', { x: '{{vars.y}}', y: [1, 2] }, [1, 2]],
    ['a chain, in any order', { x: '{{vars.y}}', z: 1, y: '{{vars.z}}' }, 1],
    ['inside lists and mappings', { x: { a: ['{{vars.y}}'] }, y: true }, { a: [true] }],
    ['names facts', { x: '{{facts.os.id}}' }, 'debian'],
    [
      'names the host',
      { x: '{{host.name}} {{host.address}} {{host.port}} {{join host.groups " "}}' },
      'a a 22 web',
    ],
    ['names a group', { x: '{{#each groups.web}}{{name}}{{/each}}' }, 'a'],
    [
      'names all hosts',
      { x: '{{#each groups.all}}{{name}}={{address}}:{{port}} {{/each}}' },
      'a=a:22 b=10.0.0.2:2222 ',
    ],
    ['is not rendered twice', { x: '{{vars.y}}', y: '\\{{facts.os.id}}' }, '{{facts.os.id}}'],
  ])('%s', async (_name, vars, expected) => {
    expect((await valuesOf(vars)).vars['x']).toEqual(expected);
  });

  test('are rendered when they are first read, and once', async () => {
    const real = createRenderer();
    const rendered: string[] = [];
    const renderer: Renderer = {
      ...real,
      render: (template, context) => {
        rendered.push(template.text);
        return real.render(template, context);
      },
    };
    const { vars } = await valuesOf(
      { x: 'x {{vars.y}}', y: 'y {{vars.z}}', z: 1, w: 'w {{vars.z}}' },
      { renderer },
    );
    expect(rendered).toEqual([]);
    expect([vars['x'], vars['x'], vars['y']]).toEqual(['x y 1', 'x y 1', 'y 1']);
    expect(rendered).toEqual(['x {{vars.y}}', 'y {{vars.z}}']);
  });
});

/** What is said of a circle that begins with x. */
const circle = (round: string) =>
  `1:1 variable-circle: the variable "x" is made of itself: ${round} | Give one of them a value of its own.`;

describe('a variable made of itself', () => {
  test.each<readonly [vars: Readonly<Record<string, unknown>>, read: string, expected: string]>([
    [{ x: '{{vars.x}}' }, 'x', circle('x -> x')],
    [{ x: '{{vars.y}}', y: 'a {{vars.x}}' }, 'x', circle('x -> y -> x')],
    [{ x: '{{vars.y}}', y: 'a {{vars.x}}' }, 'y', circle('x -> y -> x')],
    [{ w: '{{vars.x}}', x: '{{vars.y}}', y: '{{vars.z}}', z: '{{vars.x}}' }, 'w', circle('x -> y -> z -> x')],
    [{ w: '{{vars.y}}', x: '{{vars.y}}', y: '{{vars.z}}', z: '{{vars.x}}' }, 'w', circle('x -> y -> z -> x')],
  ])('%j from %s', async (vars, read, expected) => {
    const values = await valuesOf(vars);
    expect(await told(() => values.vars[read])).toEqual([expected]);
    // It does not become right by being asked again.
    expect(await told(() => values.vars[read])).toEqual([expected]);
  });
});

describe('peers', () => {
  const inventory = `
vars: { port: 80, url: 'http://{{host.name}}:{{vars.port}}', system: '{{facts.os.id}}' }
hosts:
  a: { vars: { port: 81 } }
  b: {}
`;

  test('have their own variables, those of the inventory', async () => {
    const { vars } = await valuesOf(
      { port: 99, x: '{{#each groups.all}}{{vars.url}} {{/each}}' },
      { inventory },
    );
    expect(vars['x']).toBe('http://a:81 http://b:80 ');
    expect(vars['url']).toBe('http://a:99');
  });

  test('have no facts', async () => {
    const { vars } = await valuesOf({ x: '{{#each groups.all}}{{vars.system}}{{/each}}' }, { inventory });
    expect(vars['system']).toBe('debian');
    expect(await told(() => vars['x'])).toEqual([
      'inventory/hosts.yml:2:62 facts-of-peer: the variable "system" is made of facts: only its own host can read it, ' +
        'not another through `groups` | Read a variable without facts there.',
    ]);
  });

  test('are the same whoever looks, and their variables are made once', async () => {
    const { groups } = await valuesOf({}, { inventory });
    const [first, second] = groups['all'] as readonly { readonly vars: unknown }[];
    expect(first?.vars).toBe(first?.vars);
    expect(first?.vars).not.toBe(second?.vars);
  });
});

describe('before the facts are known', () => {
  test.each<readonly [vars: Readonly<Record<string, unknown>>, expected: unknown]>([
    [{ x: 'a {{facts.arch}}' }, UNKNOWN],
    [{ x: '{{facts.os}}' }, expect.objectContaining({ id: UNKNOWN, family: UNKNOWN })],
    [{ x: 'a {{vars.y}}', y: '{{facts.arch}}' }, UNKNOWN],
    [
      { x: { a: 'a {{facts.arch}}', b: '{{vars.y}}', c: 1 }, y: 2 },
      { a: UNKNOWN, b: 2, c: 1 },
    ],
    [{ x: ['a', '{{facts.arch}}'] }, UNKNOWN],
    [{ x: '{{vars.y.b}}', y: { a: '{{facts.arch}}', b: 1 } }, 1],
    [{ x: '{{json vars.y}}', y: { a: '{{facts.arch}}', b: 1 } }, UNKNOWN],
    [{ x: '{{default vars.y "none"}} {{host.name}}' }, 'none a'],
    [{ x: '{{#each groups.all}}{{name}}{{/each}}' }, 'ab'],
  ])('%j', async (vars, expected) => {
    expect((await valuesOf(vars, { isOffline: true })).vars['x']).toEqual(expected);
  });
});
