import * as z from 'zod';
import { ACTION_KEYS } from '../playbook/action-frame.js';
import { itemFrameSchema, playSchemaOf } from '../playbook/schema.js';
import { toJsonSchema, type JsonSchema } from './json-schema.js';
import type { NamedKind } from './kinds.js';
import { TEMPLATE, TEMPLATE_NAME, withIgnoredKeys, withTemplates } from './language-rules.js';

type Properties = Readonly<Record<string, JsonSchema>>;

/** Keys of an item that are rendered. */
const RENDERED_KEYS: readonly string[] = ['name', 'each'];

/** A file of `playbooks/`: its plays, whose items and actions have one of `kinds` each. */
export function playbookSchema(kinds: readonly NamedKind[]): JsonSchema {
  const play = playSchemaOf(reference('item'), reference('action'));
  const frame = toJsonSchema(itemFrameSchema);
  const params = kinds.map(({ kind, task }) => [kind, toJsonSchema(task.params)] as const);
  const uses = Object.fromEntries(kinds.map((one) => [one.kind, useOf(one)]));
  const rendered = Object.entries(frame.properties ?? {}).map(
    ([key, one]) => [key, RENDERED_KEYS.includes(key) ? withTemplates(one) : one] as const,
  );
  const itemKeys = Object.fromEntries(rendered);
  const actionKeys = Object.fromEntries(rendered.filter(([key]) => ACTION_KEYS.includes(key)));
  return withIgnoredKeys({
    ...toJsonSchema(z.array(play).nullable()),
    definitions: {
      ...Object.assign({}, frame.definitions, ...params.map(([, { definitions }]) => definitions)),
      [TEMPLATE_NAME]: TEMPLATE,
      item: withOneKind(itemKeys, uses),
      action: withOneKind(actionKeys, uses),
      ...Object.fromEntries(params.map(([kind, schema]) => [nameOf(kind), paramsSchema(schema)])),
    },
  });
}

function reference(name: string): z.ZodType {
  return z.unknown().meta({ $ref: `#/definitions/${name}` });
}

function nameOf(kind: string): string {
  return `kind-${kind}`;
}

/** A kind as a key of an item. */
function useOf({ kind, task: { summary, examples } }: NamedKind): JsonSchema {
  return { description: summary, examples, allOf: [{ $ref: `#/definitions/${nameOf(kind)}` }] };
}

/** `reboot:` without a value asks for the defaults, where there are enough of them. */
function paramsSchema(schema: JsonSchema): JsonSchema {
  const { definitions: _, ...own } = schema;
  const { anyOf = [], ...rest } = withTemplates(own);
  const isEmptyEnough = (schema.required ?? []).length === 0;
  return { ...rest, anyOf: [...anyOf, ...(isEmptyEnough ? [{ type: 'null' }] : [])] };
}

/** A mapping with these keys, and exactly one of `kinds`. */
function withOneKind(keys: Properties, kinds: Properties): JsonSchema {
  return {
    type: 'object',
    properties: { ...keys, ...kinds },
    additionalProperties: false,
    oneOf: Object.keys(kinds).map((kind) => ({ required: [kind] })),
  };
}
