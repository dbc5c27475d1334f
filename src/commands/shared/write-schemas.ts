import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import { createRegistry } from '../../core/registry.js';
import { createRoleRegistry } from '../../core/role-registry.js';
import { fileSchema, SCHEMA_NAMES, type SchemaName } from '../../reference/file-schemas.js';
import { writeWholeFile } from '../../core/write-whole-file.js';

/** Where a project keeps a schema, relative to it. */
export function schemaPath(name: SchemaName): string {
  return `.homelab/schemas/${name}.schema.json`;
}

/** What became of a schema's file. */
export interface WrittenSchema {
  /** Relative to the project. */
  readonly path: string;
  readonly status: 'created' | 'updated' | 'unchanged';
}

/** The text of every schema's file, by its path in the project. */
export async function schemaTexts(): Promise<Readonly<Record<string, string>>> {
  const registries = { kinds: createRegistry(), roles: createRoleRegistry() };
  const entries = SCHEMA_NAMES.map(async (name) => {
    const text = `${JSON.stringify(await fileSchema(name, registries), null, 2)}\n`;
    return [schemaPath(name), text] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Writes every schema into the project. A file that is as it should be is not touched.
 * @throws HomelabError `project/unwritable`
 */
export async function writeSchemas(projectDir: string): Promise<readonly WrittenSchema[]> {
  return Object.entries(await schemaTexts()).map(([path, text]) => ({
    path,
    status: writeWhereDifferent(join(projectDir, path), text, path),
  }));
}

function writeWhereDifferent(file: string, text: string, shown: string): WrittenSchema['status'] {
  const found = textOf(file);
  if (found === text) return 'unchanged';
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeWholeFile(file, text);
  } catch (cause) {
    throw new HomelabError({
      code: 'project/unwritable',
      message: `cannot write ${shown} (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      hint: 'Check that you may write into the project, or print one with `homelab schema NAME`.',
      cause,
    });
  }
  return found === undefined ? 'created' : 'updated';
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
