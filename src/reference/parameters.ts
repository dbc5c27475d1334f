import type { JsonSchema } from './json-schema.js';
import { typeText } from './type-text.js';

/** One key that a user may write, as every form of the reference shows it. */
export interface Parameter {
  /** From the root: `http.url` is a key below `http`, `rules[].allow` one of each item, `zones.NAME.rules` one of each value. */
  readonly name: string;
  /** What it takes, in words. */
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** The default; undefined where there is none. */
  readonly fallback: unknown;
}

/** The keys of a mapping, each followed by those of the mappings that it may hold. */
export function parametersOf(schema: JsonSchema): readonly Parameter[] {
  return below(schema, '', 0);
}

/** Deeper than any schema that is not made of itself. */
const MOST_LEVELS = 8;

function below(schema: JsonSchema, prefix: string, depth: number): Parameter[] {
  if (depth > MOST_LEVELS) return [];
  const inside = (one: JsonSchema, place: string): Parameter[] => below(one, place, depth + 1);
  const { anyOf = [], items, properties = {}, additionalProperties: others } = schema;
  const own = Object.entries(properties).flatMap(([name, property]) => {
    const place = prefix === '' ? name : `${prefix}.${name}`;
    return [parameter(place, property, schema.required?.includes(name) ?? false), ...inside(property, place)];
  });
  return withoutTwins([
    ...own,
    ...anyOf.flatMap((one) => inside(one, prefix)),
    ...(items === undefined ? [] : inside(items, `${prefix}[]`)),
    ...(typeof others === 'object' ? inside(others, prefix === '' ? 'NAME' : `${prefix}.NAME`) : []),
  ]);
}

function parameter(name: string, schema: JsonSchema, isRequired: boolean): Parameter {
  const { description = '', default: fallback } = schema;
  return { name, type: typeText(schema), isRequired, description, fallback };
}

/** Members of a union may have keys in common. */
function withoutTwins(parameters: readonly Parameter[]): Parameter[] {
  const byName = new Map(parameters.toReversed().map((one) => [one.name, one]));
  return parameters.filter((one) => byName.get(one.name) === one);
}
