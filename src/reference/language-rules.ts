import { mapSchema, type JsonSchema } from './json-schema.js';

/** Name of the definition of {@link TEMPLATE}. */
export const TEMPLATE_NAME = 'template';

/** Text with Handlebars in it. What it renders to is checked when it is known. */
export const TEMPLATE: JsonSchema = {
  description: 'a template, e.g. "{{vars.name}}"',
  type: 'string',
  pattern: String.raw`\{\{`,
};

const TEMPLATE_REF: JsonSchema = { $ref: `#/definitions/${TEMPLATE_NAME}` };

/** Keys that begin with `x-` are ignored wherever a mapping has fixed keys. */
export function withIgnoredKeys(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (one) =>
    one.additionalProperties === false
      ? { ...one, patternProperties: { ...one.patternProperties, '^x-': {} } }
      : one,
  );
}

/** A template may stand for every value in `schema`, itself included. */
export function withTemplates(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (one) => (takesAnyText(one) || isTemplate(one) ? one : orTemplate(one)));
}

function isTemplate({ $ref }: JsonSchema): boolean {
  return $ref === TEMPLATE_REF.$ref;
}

/** Where any text may be, a template may be. */
function takesAnyText({ $ref, anyOf, type, ...limits }: JsonSchema): boolean {
  if (anyOf !== undefined) return anyOf.some(takesAnyText);
  const isText = $ref === undefined && (type === undefined || [type].flat().includes('string'));
  return isText && (['pattern', 'enum', 'const', 'maxLength'] as const).every((limit) => !(limit in limits));
}

/** Description, default and examples stay outside: editors show them for the whole. */
function orTemplate({ description, default: fallback, examples, ...rest }: JsonSchema): JsonSchema {
  return {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    ...(examples !== undefined && { examples }),
    anyOf: [...membersOf(rest).filter((one) => !isTemplate(one)), TEMPLATE_REF],
  };
}

/** A union's members, unions among them taken apart; anything else is its own only one. */
function membersOf(schema: JsonSchema): JsonSchema[] {
  const { anyOf, ...others } = schema;
  return anyOf === undefined || Object.keys(others).length > 0 ? [schema] : anyOf.flatMap(membersOf);
}
