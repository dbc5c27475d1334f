import * as z from 'zod';
import type { HomelabError } from '../core/errors.js';
import { schemaProblems } from '../yaml/schema-problems.js';
import { certainErrors } from './item-params.js';
import type { RawRole } from './raw-role.js';
import { roleFrameSchema } from './schema.js';
import { withoutTemplates } from './written-params.js';

/**
 * What is wrong with the written parameters of a role, each by itself and whatever the variables are: which of them go
 * together is told once the others are known.
 */
export function checkWrittenRoleParams({
  document,
  path,
  role,
  params,
}: Pick<RawRole, 'document' | 'path' | 'role' | 'params'>): HomelabError[] {
  if (!(role.params instanceof z.ZodObject)) return [];
  const shape = role.params.shape as Readonly<Record<string, z.ZodType>>;
  // Keys of the entry itself stand beside them: whoever mistypes one of those is told of it.
  const alone = Object.entries({ ...shape, ...roleFrameSchema.shape }).map(
    ([key, one]) => [key, one.optional()] as const,
  );
  const value = withoutTemplates(params);
  const result = schemaProblems(value, z.strictObject(Object.fromEntries(alone)));
  return result.isValid ? [] : certainErrors(result.problems, value, { document, path });
}
