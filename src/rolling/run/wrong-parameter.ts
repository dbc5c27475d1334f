import type * as z from 'zod';
import { didYouMean } from '../../core/nearest.js';

const WHERE_THEY_ARE = 'docs/upgrades.md tells the parameters of each adapter.';

/**
 * What a schema has against the parameters of `owner`, in words: an unknown name first, as it is why another is missing.
 * `known`: the names there are.
 */
export function wrongParameter(
  owner: string,
  issues: readonly z.core.$ZodIssue[],
  known: readonly string[],
): { readonly message: string; readonly hint: string } {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  const [key] = unknown?.keys ?? [];
  if (key !== undefined) {
    const message = `${owner} has no parameter "${key.slice(0, 60)}"`;
    return { message, hint: didYouMean(key, known) ?? WHERE_THEY_ARE };
  }
  const [issue] = issues;
  const name = [owner, ...(issue?.path ?? [])].join('.');
  const isMissing =
    issue?.code === 'invalid_type' && issue.input === undefined && issue.message.endsWith('undefined');
  return {
    message: isMissing ? `${name} is missing` : `${name}: ${issue?.message ?? 'is wrong'}`,
    hint: WHERE_THEY_ARE,
  };
}
