import type { z } from 'zod';
import { HomelabError } from '../core/errors.js';
import type { YamlDocument, YamlPath } from './document.js';
import { schemaProblems, type SchemaProblem } from './schema-problems.js';

/** A checked value, or what is wrong with it. */
export type Checked<T> =
  | { readonly isValid: true; readonly value: T; readonly errors: readonly HomelabError[] }
  | { readonly isValid: false; readonly errors: readonly HomelabError[] };

/** The value at `path` of a document as `schema` parses it, or one error for each problem, at its place. */
export function checkSchema<T>(check: {
  readonly document: YamlDocument;
  /** Where `value` stands in the document. */
  readonly path: YamlPath;
  /** Default: the value at `path`. */
  readonly value?: unknown;
  readonly schema: z.ZodType<T>;
  /** Code of the errors, e.g. `inventory/schema`. */
  readonly code: string;
}): Checked<T> {
  const { document, path, schema, code } = check;
  const value = 'value' in check ? check.value : atPath(document.value, path);
  const result = schemaProblems(value, schema);
  if (result.isValid) return { isValid: true, value: result.value, errors: [] };
  return { isValid: false, errors: toErrors({ document, basePath: path, problems: result.problems, code }) };
}

/** Problems of the value at `basePath` of a document as errors with places. */
export function toErrors(found: {
  readonly document: YamlDocument;
  readonly basePath: YamlPath;
  readonly problems: readonly SchemaProblem[];
  readonly code: string;
}): HomelabError[] {
  const { document, basePath, problems, code } = found;
  return problems.map(({ path, message, hint, isKey }) => {
    const whole = [...basePath, ...path];
    const source = isKey ? document.locateKey(whole) : document.locate(whole);
    return new HomelabError({ code, message, hint, source });
  });
}

function atPath(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((found, part) => (found as Record<string | number, unknown>)[part], value);
}
