import type { JsonSchema } from './json-schema.js';

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'mapping',
  array: 'list',
  null: 'nothing',
};

/** What a schema takes, in words: `text`, `list of text`, `present | absent`, `whole number 1 to 65535`. */
export function typeText(schema: JsonSchema): string {
  const { $ref, allOf, anyOf, const: word, enum: words, type, items } = schema;
  if ($ref !== undefined) return $ref.split('/').at(-1) ?? '';
  if (word !== undefined) return JSON.stringify(word);
  if (words !== undefined) return words.map(String).join(' | ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeText))].join(' or ');
  if (allOf !== undefined) return allOf.map(typeText).join(' and ');
  if (type === undefined) return 'anything';
  const names = [type].flat().filter((name) => name !== 'null');
  return names
    .map((name) => (name === 'array' ? listText(items) : WORDS[name] + rangeText(schema)))
    .join(' or ');
}

function listText(items: JsonSchema | undefined): string {
  if (items === undefined) return 'list';
  const inner = typeText(items);
  if (inner === 'anything') return 'list';
  return inner === 'mapping' ? 'list of mappings' : `list of ${inner}`;
}

function rangeText({ minimum, maximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` from ${minimum}`;
  return maximum === undefined ? '' : ` up to ${maximum}`;
}
