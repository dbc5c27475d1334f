import * as z from 'zod';

/** What homelab's schemas become: the keywords of JSON Schema draft-07 that occur in them. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/**
 * What a user may write where `schema` checks: a value before it is transformed. Checks that are code are left out. A
 * secret is text to whoever writes it.
 */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // `instanceof Secret` is the only check of this sort: the value behind the tag `!secret`.
      if (zodSchema instanceof z.ZodCustom) jsonSchema.type = 'string';
    },
  }) as JsonSchema;
  return mapSchema(made, (one) => withoutTwins(withoutNoise(one)));
}

/** `schema` with `change` made to each schema in it, the innermost first. */
export function mapSchema(schema: JsonSchema, change: (inner: JsonSchema) => JsonSchema): JsonSchema {
  const one = (inner: JsonSchema): JsonSchema => mapSchema(inner, change);
  const byName = (inner: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(inner).map(([name, value]) => [name, one(value)]));
  const { items, properties, patternProperties, additionalProperties, definitions } = schema;
  const { anyOf, oneOf, allOf } = schema;
  return change({
    ...schema,
    ...(items && { items: one(items) }),
    ...(properties && { properties: byName(properties) }),
    ...(patternProperties && { patternProperties: byName(patternProperties) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: one(additionalProperties) }),
    ...(definitions && { definitions: byName(definitions) }),
    ...(anyOf && { anyOf: anyOf.map(one) }),
    ...(oneOf && { oneOf: oneOf.map(one) }),
    ...(allOf && { allOf: allOf.map(one) }),
  });
}

/** Every key of YAML is text here, and no whole number is greater than this anyway. */
function withoutNoise({ propertyNames, maximum, minimum, ...rest }: JsonSchema): JsonSchema {
  const isAnyName = propertyNames === undefined || Object.keys(propertyNames).join('') === 'type';
  return {
    ...rest,
    ...(isAnyName ? {} : { propertyNames }),
    ...(minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
  };
}

/** Text or a secret is text or text; something or nothing is one schema: editors tell better what is wrong with it. */
function withoutTwins(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (anyOf === undefined) return schema;
  const texts = new Map(anyOf.map((one) => [JSON.stringify(one), one]));
  const isNull = (one: JsonSchema): boolean => one.type === 'null';
  const hasNull = [...texts.values()].some(isNull);
  const [only, ...others] = [...texts.values()].filter((one) => !isNull(one));
  if (only === undefined || others.length > 0) return { ...rest, anyOf: [...texts.values()] };
  if (!hasNull) return { ...only, ...rest };
  if (only.type === undefined || only.enum !== undefined) return { ...rest, anyOf: [...texts.values()] };
  return { ...only, ...rest, type: [only.type].flat().concat('null') };
}
