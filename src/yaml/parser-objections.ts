import type { Document, LineCounter, YAMLError } from 'yaml';
import { SECRET_TAG } from './document.js';
import type { Objection } from './strictness.js';

/** What the parser has against a text, in our words; one thing a line. */
export function parserObjections(source: string, tree: Document.Parsed, lines: LineCounter): Objection[] {
  return onePerLine([...tree.errors, ...tree.warnings].map(toObjection(source)), lines);
}

/** Where the parser speaks of its own options. */
const MESSAGES: Readonly<Record<string, string>> = {
  NON_STRING_KEY: 'a key must be text',
  MULTIPLE_DOCS: 'a second document begins here',
};

const SECRET_HINT = 'Write it with `homelab secret encrypt`, which prints the whole value to paste here.';

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  TAG_RESOLVE_FAILED: 'Write a plain value: there is no tag but !secret.',
  MULTIPLE_DOCS: 'One file holds one document: remove the line `---`, or make two files.',
};

const toObjection =
  (source: string) =>
  (error: YAMLError): Objection => {
    const [offset] = error.pos;
    // `{{x}}` without quotes is a mapping inside a mapping to YAML.
    const isBareTemplate = /\{\s*\{/.test(source.slice(Math.max(0, offset - 4), offset + 2));
    if (error.code === 'TAG_RESOLVE_FAILED' && error.message.includes(SECRET_TAG))
      return {
        offset,
        // The library's own words are about a list or a mapping.
        message: error.message.startsWith('Unresolved')
          ? `what is behind ${SECRET_TAG} has to be text`
          : error.message,
        hint: SECRET_HINT,
      };
    const hint = isBareTemplate ? 'A value that begins with {{ needs quotes.' : HINTS[error.code];
    return {
      offset,
      message: isBareTemplate
        ? '{{ without quotes is a mapping in YAML'
        : (MESSAGES[error.code] ?? wordsFor(error, source)),
      hint,
    };
  };

/** After one mistake the rest of its line often makes no sense either; that is not news. */
function onePerLine(objections: readonly Objection[], lines: LineCounter): Objection[] {
  const seen = new Set<number>();
  return objections.filter(({ offset }) => {
    const { line } = lines.linePos(offset);
    return seen.has(line) ? false : seen.add(line);
  });
}

/** The library's words. Behind a colon they quote the text, which may be a secret that somebody wrote down as it is. */
function wordsFor({ message, pos: [offset] }: YAMLError, source: string): string {
  const line = source.slice(source.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
  return line.includes(SECRET_TAG) ? message.replace(/: .*/s, '') : message;
}
