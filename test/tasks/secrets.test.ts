import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { bodyBytes, Content, type Body } from '../../src/core/content.js';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import { createRegistry } from '../../src/core/registry.js';
import { Secret } from '../../src/core/secret.js';
import { diffStates } from '../../src/core/state.js';
import type { Step } from '../../src/core/step.js';
import { valueDocument, valueText } from '../../src/report/values.js';
import { candidatesOf } from '../../src/yaml/schema-shape.js';
import { project } from './plan-task.js';

const registry = createRegistry();
const CANARY = 'canary-7531';

/** Texts of all the shapes that a parameter may ask for. */
const TEXTS = [CANARY, `/${CANARY}`, `https://host/${CANARY}`, `$6$salt$${CANARY}`, '00 00 * * *'];

/** Whether a parameter takes a secret: itself, in a list or in a mapping. */
function takesSecret(schema: z.ZodType): boolean {
  return TEXTS.map((text) => new Secret(text)).some((secret) =>
    [secret, [secret], { A: secret }, [{ A: secret }]].some((value) => schema.safeParse(value).success),
  );
}

/** Parameters that may be secret, with a text for each. `vars` are read by templates alone. */
const SECRET_PARAMETERS: Readonly<Record<string, readonly [string, object] | 'rendered'>> = {
  'archive.source': [
    `https://host/${CANARY}.tar.gz`,
    { path: '/srv/a', creates: 'x', sha256: 'a'.repeat(64) },
  ],
  'block.content': [`${CANARY}\n`, { path: '/etc/a', id: 'a' }],
  'command.env': [CANARY, { argv: ['x'], always: true }],
  'command.stdin': [CANARY, { argv: ['x'], always: true }],
  'compose.content': [`${CANARY}\n`, { path: '/srv/a' }],
  'compose.vars': 'rendered',
  'cron.command': [CANARY, { name: 'a', schedule: '1 2 * * *' }],
  'cron.env': [CANARY, { name: 'a', schedule: '1 2 * * *', command: 'x' }],
  'download.url': [`https://host/${CANARY}`, { path: '/srv/a', sha256: 'a'.repeat(64) }],
  'file.content': [CANARY, { path: '/etc/a' }],
  'line.line': [CANARY, { path: '/etc/a' }],
  'nixos_module.vars': 'rendered',
  'package_repository.key_url': [
    `https://host/${CANARY}`,
    { name: 'a', uri: 'https://host/', suites: ['./'], key_fingerprint: 'A'.repeat(40) },
  ],
  'setting.value': [CANARY, { path: '/etc/a', key: 'k', format: 'keyvalue' }],
  'systemd_unit.content': [CANARY, { name: 'a' }],
  'template.vars': 'rendered',
  'user.password_hash': [`$6$salt$${CANARY}`, { name: 'a' }],
};

test('these parameters take a secret, and no others', async () => {
  const taking: string[] = [];
  for (const kind of registry.kinds()) {
    const { params } = await registry.load(kind);
    const shapes = candidatesOf(params).flatMap((one) => (one instanceof z.ZodObject ? [one.shape] : []));
    for (const [name, schema] of shapes.flatMap((shape) => Object.entries(shape)))
      if (takesSecret(schema as z.ZodType)) taking.push(`${kind}.${name}`);
  }
  expect(taking).toEqual(Object.keys(SECRET_PARAMETERS));
});

/** Everything of a step that others on the host can see, or that an error shows. */
function seen(step: Step): unknown {
  if (step.do === 'reboot') return step;
  const hide = (body: Body | undefined): unknown =>
    body instanceof Secret ? body : body && bodyBytes(body).toString();
  if (step.do === 'write') return { ...step, body: hide(step.body) };
  return { ...step.command, stdin: hide(step.command.stdin) };
}

/** The secrets that a step carries. */
function bodiesOf(step: Step): Secret[] {
  const bodies =
    step.do === 'run'
      ? [step.command.stdin, ...Object.values(step.command.env ?? {})]
      : [step.do === 'write' ? step.body : undefined];
  return bodies.filter((body) => body instanceof Secret);
}

describe.each(
  Object.entries(SECRET_PARAMETERS).flatMap(([name, sample]) =>
    sample === 'rendered' ? [] : [[name, ...sample] as const],
  ),
)('%s', (name, text, rest) => {
  const [kind = '', parameter = ''] = name.split('.');
  const planned = async (before: 'nothing' | 'something') => {
    const task = await registry.load(kind);
    const secret = new Secret(text);
    const written = { ...rest, [parameter]: parameter === 'env' ? { A: secret } : secret };
    const parsed = task.params.parse(written);
    const params = task.prepare?.(parsed, project()) ?? parsed;
    const after = task.desired(params, FACT_EXAMPLES);
    const found = before === 'nothing' ? null : {};
    const changes = diffStates(found, after);
    const changed = (field: string): boolean => changes.some((change) => change.field === field);
    return {
      changes,
      steps: task.steps({ params, facts: FACT_EXAMPLES, before: found, after, changes, changed }),
    };
  };

  test.each(['nothing', 'something'] as const)(
    'is in nothing that can be seen, where there was %s',
    async (before) => {
      const { changes, steps } = await planned(before);
      expect(steps).not.toHaveLength(0);
      expect(JSON.stringify(steps.map(seen))).not.toContain(CANARY);
      const sums = steps
        .flatMap((step) => bodiesOf(step))
        .map((body) => Content.of(body).sha256.slice(0, 12));
      const shown = changes
        .flatMap(({ before: old, after }) => [old, after])
        .map((value) => `${valueText(value)} ${valueDocument(value)}`)
        .join();
      expect([CANARY, ...sums].filter((one) => shown.includes(one))).toEqual([]);
      expect(JSON.stringify(changes)).not.toContain(CANARY);
    },
  );

  test('is carried by a step', async () => {
    const { steps } = await planned('nothing');
    const opened = steps.flatMap(bodiesOf).map((body) => Buffer.from(bodyBytes(body)).toString());
    expect(opened.some((one) => one.includes(CANARY))).toBe(true);
  });
});

test('a new file with a secret is for its owner alone', async () => {
  for (const [name, mode] of [
    ['file', '0600'],
    ['line', '0600'],
  ] as const) {
    const task = await registry.load(name);
    const params = task.params.parse({
      path: '/etc/a',
      [name === 'file' ? 'content' : 'line']: new Secret(CANARY),
    });
    const after = task.desired(params, FACT_EXAMPLES);
    const changes = diffStates(null, after);
    const [step] = task.steps({
      params,
      facts: FACT_EXAMPLES,
      before: null,
      after,
      changes,
      changed: () => true,
    });
    expect(step).toMatchObject({ do: 'write', mode });
  }
});
