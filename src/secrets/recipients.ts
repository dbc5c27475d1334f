import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HomelabError, HomelabErrors, type SourcePosition } from '../core/errors.js';
import { isRecipient } from './age-library.js';

/** A text of the settings and where it is written. */
export interface PlacedText {
  readonly text: string;
  readonly source: SourcePosition;
}

/**
 * The public keys that a project encrypts for: as `recipients` of its settings name them, and those in the files named
 * there, one a line, `#` before a remark. Each once.
 * @throws HomelabErrors `secret/no-recipients`, `secret/bad-recipient` and `secret/no-recipients-file`, each at its place
 */
export async function readRecipients(
  written: readonly PlacedText[],
  projectDir: string,
): Promise<readonly string[]> {
  const errors: HomelabError[] = [];
  const found: PlacedText[] = [];
  for (const one of written) {
    if (one.text.startsWith('age1')) found.push(one);
    else found.push(...readFile(one, projectDir, errors));
  }
  for (const one of found) if (!(await isRecipient(one.text))) errors.push(badRecipient(one));
  if (errors.length === 0 && found.length === 0) errors.push(noRecipients());
  if (errors.length > 0) throw new HomelabErrors(errors);
  return [...new Set(found.map(({ text }) => text))];
}

function readFile(
  { text: file, source }: PlacedText,
  projectDir: string,
  errors: HomelabError[],
): PlacedText[] {
  try {
    const lines = readFileSync(resolve(projectDir, file), 'utf8').split(/\r?\n/);
    return lines.flatMap((line, index) => {
      const text = line.replace(/#.*/, '').trim();
      return text === '' ? [] : [{ text, source: { file, line: index + 1, column: 1 } }];
    });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    const message = `${file} is neither a public key nor a file that can be read (${reason})`;
    const hint = 'Write age1…, as `homelab secret keygen` prints it, or a file with such lines.';
    errors.push(new HomelabError({ code: 'secret/no-recipients-file', message, hint, source, cause }));
    return [];
  }
}

function badRecipient({ source }: PlacedText): HomelabError {
  return new HomelabError({
    code: 'secret/bad-recipient',
    message: 'this is no age public key',
    hint: 'It is age1… and 58 letters and digits more, as `homelab secret keygen` and age-keygen print it.',
    source,
  });
}

function noRecipients(): HomelabError {
  return new HomelabError({
    code: 'secret/no-recipients',
    message: 'nobody is named whom this project encrypts for',
    hint: 'Write public keys into homelab.yml, yours first: recipients: [age1…]. `homelab secret keygen` makes one.',
  });
}
