import type { Parameter } from './parameters.js';

/** A table of Markdown, its columns as wide as their widest cell. Empty where there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [first = [], ...others] = cells;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return line(first) + rule + others.map(line).join('');
}

/** Neither the end of the cell, nor the beginning of HTML, nor, outside of code, of emphasis. */
function cell(text: string): string {
  const parts = text.replaceAll(/\s+/g, ' ').split('`');
  const escaped = parts.map((part, index) =>
    index % 2 === 1 ? part : part.replaceAll('<', '&lt;').replaceAll('*', String.raw`\*`),
  );
  return escaped.join('`').replaceAll('|', String.raw`\|`);
}

/** Text as it is, in the type of programs. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** A piece of YAML to copy. */
export function yamlBlock(yaml: string): string {
  return `\`\`\`yaml\n${yaml}\`\`\`\n`;
}

/** Keys with what they take, their defaults and what they are. */
export function parameterTable(parameters: readonly Parameter[], what: string): string {
  return table(
    [what, 'takes', 'default', 'what it is'],
    parameters.map(({ name, type, isRequired, description, fallback }) => [
      code(name),
      type,
      isRequired ? '_required_' : fallbackText(fallback),
      description,
    ]),
  );
}

function fallbackText(fallback: unknown): string {
  return fallback === undefined ? '' : code(JSON.stringify(fallback));
}
