import { stringify } from 'yaml';

/** Plain data as YAML in block style, as a person would write it. Ends with a newline. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 110, indentSeq: true, singleQuote: true });
}
