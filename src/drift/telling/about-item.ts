import { createHash } from 'node:crypto';

/** What an item acts on, as a text that tells nothing of it: 32 hexadecimal digits; undefined: nobody can say. */
export function aboutOf(kind: string, subject: string | undefined): string | undefined {
  if (subject === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([kind, subject]))
    .digest('hex')
    .slice(0, 32);
}
