import { spawn } from 'node:child_process';
import { HomelabError } from '../core/errors.js';
import { environmentForPrograms } from '../core/secret-variables.js';
import type { PrivateFolder } from './private-folder.js';

/**
 * Opens `file` in the user's editor, `$VISUAL`, else `$EDITOR`, else vi, and waits for it to end. The variable may hold
 * arguments, as it may for git: a shell reads it. It gets the file's name and nothing secret.
 * @throws HomelabError `secret/editor-failed`
 */
export async function runEditor(
  file: string,
  folder: PrivateFolder,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const editor = [env['VISUAL'], env['EDITOR']].find((one) => (one ?? '').trim() !== '') ?? 'vi';
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], {
    stdio: 'inherit',
    env: environmentForPrograms(env),
  });
  const end = (): void => void child.kill();
  process.on('exit', end);
  folder.isInterruptible = false;
  try {
    const ended = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) =>
        resolve(code === 0 ? undefined : signal === null ? `exit code ${code}` : `signal ${signal}`),
      );
    });
    if (ended !== undefined) throw editorFailed(editor, ended);
  } finally {
    folder.isInterruptible = true;
    process.off('exit', end);
  }
}

function editorFailed(editor: string, reason: string): HomelabError {
  return new HomelabError({
    code: 'secret/editor-failed',
    message: `the editor ${editor} failed (${reason}); nothing was changed`,
    hint: 'Set VISUAL or EDITOR to an editor that waits until the file is closed, e.g. EDITOR="code --wait".',
  });
}
