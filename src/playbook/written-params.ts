import type { HomelabError } from '../core/errors.js';
import type { AnyTask } from '../core/task.js';
import { UNKNOWN } from '../render/scope.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';
import { schemaProblems } from '../yaml/schema-problems.js';
import { certainErrors } from './item-params.js';

/** Parameters as they are written, looked at without any host. */
export interface WrittenParams {
  /** What is wrong with them whatever their templates render to. */
  readonly errors: readonly HomelabError[];
  /** As the kind's schema parsed them; undefined where they are wrong, or templates decide. */
  readonly params: unknown;
}

export function checkWrittenParams(written: {
  readonly document: YamlDocument;
  /** Of the parameters. */
  readonly path: YamlPath;
  readonly task: AnyTask;
  readonly value: unknown;
}): WrittenParams {
  const { document, path, task } = written;
  const value = withoutTemplates(written.value);
  const result = schemaProblems(value, task.params);
  if (result.isValid) return { errors: [], params: result.value };
  return { errors: certainErrors(result.problems, value, { document, path }), params: undefined };
}

/** The value with {@link UNKNOWN} in place of every text that has a template in it. */
export function withoutTemplates(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('{{') ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(withoutTemplates);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutTemplates(inner)]));
}
