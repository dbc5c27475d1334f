import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UNFINISHED } from './replace-file.js';

/** Folders that hold no files of a project. */
const SKIPPED = ['node_modules'];

/**
 * Files of the project that may hold something encrypted: every plain file, paths relative to the project, sorted.
 * Hidden folders and what a killed process left unfinished are left out, links are not followed, and of `except` (identities) none is named.
 */
export function projectFiles(projectDir: string, except: readonly string[]): string[] {
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.includes(entry.name)) walk(path);
      else if (entry.isFile() && !except.includes(path) && !UNFINISHED.test(entry.name))
        files.push(relative(projectDir, path));
    }
  };
  walk(projectDir);
  return files.toSorted();
}
