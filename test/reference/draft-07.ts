import type { JsonSchema } from '../../src/reference/json-schema.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Keywords that allow or refuse nothing. */
const NOTES = new Set(['$schema', 'title', 'description', 'default', 'examples', 'definitions']);

/**
 * What a schema has against a value, by the rules of JSON Schema draft-07: the places, e.g. `/0/tasks/1 oneOf`. Empty
 * where it is valid. A keyword that is not known here is an error: nothing is left unchecked.
 */
export function objections(schema: JsonSchema, value: unknown): string[] {
  return check(schema, value as Json, { root: schema, at: '' });
}

interface Place {
  readonly root: JsonSchema;
  readonly at: string;
}

function check(schema: JsonSchema | boolean, value: Json, place: Place): string[] {
  if (typeof schema === 'boolean') return schema ? [] : [`${place.at} false`];
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '');
    const target = place.root.definitions?.[name];
    if (target === undefined) throw new Error(`no definition ${schema.$ref}`);
    return check(target, value, place);
  }
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    if (NOTES.has(keyword)) return [];
    const rule = RULES[keyword];
    if (rule === undefined) throw new Error(`the keyword ${keyword} is not checked`);
    const found = rule({ wanted: wanted as never, value, schema, place });
    if (typeof found === 'boolean') return found ? [] : [`${place.at} ${keyword}`];
    return found;
  });
}

interface Question {
  readonly wanted: never;
  readonly value: Json;
  readonly schema: JsonSchema;
  readonly place: Place;
}

/** Valid or not; or the objections to what is inside. */
type Rule = (question: Question) => boolean | string[];

const limit =
  (sizeOf: (value: Json) => number | undefined, isRight: (size: number, limit: number) => boolean): Rule =>
  ({ wanted, value }) => {
    const size = sizeOf(value);
    return size === undefined || isRight(size, wanted);
  };
const amount = (value: Json) => (typeof value === 'number' ? value : undefined);
const length = (value: Json) => (typeof value === 'string' ? Array.from(value).length : undefined);
const count = (value: Json) => (Array.isArray(value) ? value.length : undefined);
const entriesOf = (value: Json): [string, Json][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
const passing = ({ wanted, value, place }: Question): number =>
  (wanted as JsonSchema[]).filter((one) => check(one, value, place).length === 0).length;

function isOfType(value: Json, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

const below = (place: Place, key: string | number): Place => ({ ...place, at: `${place.at}/${key}` });

const RULES: Readonly<Record<string, Rule>> = {
  type: ({ wanted, value }) => [wanted as string | string[]].flat().some((type) => isOfType(value, type)),
  const: ({ wanted, value }) => wanted === value,
  enum: ({ wanted, value }) => (wanted as Json[]).includes(value),
  pattern: ({ wanted, value }) => typeof value !== 'string' || new RegExp(wanted, 'u').test(value),
  minLength: limit(length, (size, least) => size >= least),
  maxLength: limit(length, (size, most) => size <= most),
  minimum: limit(amount, (size, least) => size >= least),
  maximum: limit(amount, (size, most) => size <= most),
  exclusiveMinimum: limit(amount, (size, least) => size > least),
  exclusiveMaximum: limit(amount, (size, most) => size < most),
  minItems: limit(count, (size, least) => size >= least),
  maxItems: limit(count, (size, most) => size <= most),
  items: ({ wanted, value, place }) =>
    Array.isArray(value)
      ? value.flatMap((one: Json, index) => check(wanted, one, below(place, index)))
      : true,
  required: ({ wanted, value }) => {
    const keys = entriesOf(value).map(([key]) => key);
    return !isOfType(value, 'object') || (wanted as string[]).every((key) => keys.includes(key));
  },
  properties: ({ wanted, value, place }) =>
    entriesOf(value).flatMap(([key, one]) =>
      Object.hasOwn(wanted, key)
        ? check((wanted as Record<string, JsonSchema>)[key] ?? false, one, below(place, key))
        : [],
    ),
  patternProperties: ({ wanted, value, place }) =>
    entriesOf(value).flatMap(([key, one]) =>
      Object.entries(wanted as Record<string, JsonSchema>)
        .filter(([pattern]) => new RegExp(pattern, 'u').test(key))
        .flatMap(([, schema]) => check(schema, one, below(place, key))),
    ),
  additionalProperties: ({ wanted, value, schema, place }) =>
    entriesOf(value)
      .filter(([key]) => !Object.hasOwn(schema.properties ?? {}, key))
      .filter(
        ([key]) => !Object.keys(schema.patternProperties ?? {}).some((one) => new RegExp(one, 'u').test(key)),
      )
      .flatMap(([key, one]) => check(wanted, one, below(place, key))),
  propertyNames: ({ wanted, value, place }) =>
    entriesOf(value).flatMap(([key]) => check(wanted, key, below(place, key))),
  anyOf: (question) => passing(question) > 0,
  oneOf: (question) => passing(question) === 1,
  allOf: ({ wanted, value, place }) => (wanted as JsonSchema[]).flatMap((one) => check(one, value, place)),
};
