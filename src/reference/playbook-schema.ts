import * as z from 'zod';
import { ACTION_KEYS } from '../playbook/action-frame.js';
import { itemFrameSchema, playSchemaOf, roleFrameSchema } from '../playbook/schema.js';
import { toJsonSchema, type JsonSchema } from './json-schema.js';
import type { NamedKind, NamedRole } from './kinds.js';
import { TEMPLATE, TEMPLATE_NAME, withIgnoredKeys, withTemplates } from './language-rules.js';
import { roleEntry } from './role-entry.js';

type Properties = Readonly<Record<string, JsonSchema>>;

/** Keys of an item that are rendered. */
const RENDERED_KEYS: readonly string[] = ['name', 'each'];

/** A file of `playbooks/`: its plays, which name `roles`, and whose items and actions have one of `kinds` each. */
export function playbookSchema(kinds: readonly NamedKind[], roles: readonly NamedRole[]): JsonSchema {
  const play = playSchemaOf({
    role: reference('role'),
    item: reference('item'),
    action: reference('action'),
  });
  const frame = toJsonSchema(itemFrameSchema);
  const params = kinds.map(({ kind, task }) => [kind, toJsonSchema(task.params)] as const);
  const roleParams = roles.map(({ name, role }) => [name, toJsonSchema(role.params)] as const);
  const uses = Object.fromEntries(kinds.map((one) => [one.kind, useOf(one)]));
  const rendered = Object.entries(frame.properties ?? {}).map(
    ([key, one]) => [key, RENDERED_KEYS.includes(key) ? withTemplates(one) : one] as const,
  );
  const itemKeys = Object.fromEntries(rendered);
  const actionKeys = Object.fromEntries(rendered.filter(([key]) => ACTION_KEYS.includes(key)));
  return withIgnoredKeys({
    ...toJsonSchema(z.array(play).nullable()),
    definitions: {
      ...Object.assign(
        {},
        frame.definitions,
        ...[...params, ...roleParams].map(([, one]) => one.definitions),
      ),
      [TEMPLATE_NAME]: TEMPLATE,
      role: roleSchema(roles),
      item: withOneKind(itemKeys, uses),
      action: withOneKind(actionKeys, uses),
      ...Object.fromEntries(params.map(([kind, schema]) => [nameOf(kind), paramsSchema(schema)])),
      ...Object.fromEntries(
        roles.map((one, index) => [nameOfRole(one.name), entrySchema(one, roleParams[index]?.[1] ?? {})]),
      ),
    },
  });
}

function reference(name: string): z.ZodType {
  return z.unknown().meta({ $ref: `#/definitions/${name}` });
}

function nameOf(kind: string): string {
  return `kind-${kind}`;
}

function nameOfRole(role: string): string {
  return `role-${role}`;
}

/** An entry of `roles`: a name alone, or one of the roles with its parameters. */
function roleSchema(roles: readonly NamedRole[]): JsonSchema {
  const names = roles.map(({ name }) => name);
  const entries = names.map((name) => ({ $ref: `#/definitions/${nameOfRole(name)}` }));
  return { description: 'a role', anyOf: [{ type: 'string', enum: names }, ...entries] };
}

/** A role with its parameters, of which any may be left to the variable that is named as it. */
function entrySchema({ name, role: { summary, examples } }: NamedRole, params: JsonSchema): JsonSchema {
  const { properties = {} } = toJsonSchema(roleFrameSchema);
  return {
    description: summary,
    examples: examples.map((example) => roleEntry(name, example)),
    type: 'object',
    properties: {
      ...properties,
      role: { description: summary, const: name },
      ...mapValues(params.properties ?? {}, withTemplates),
    },
    required: ['role'],
    additionalProperties: false,
  };
}

function mapValues(properties: Properties, change: (one: JsonSchema) => JsonSchema): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, change(one)]));
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
