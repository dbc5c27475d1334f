import { readFileSync } from 'node:fs';
import {
  Composer,
  Lexer,
  LineCounter,
  Parser,
  YAMLParseError,
  type CST,
  type Document,
  type ScalarTag,
} from 'yaml';
import { decodeText } from '../core/content.js';
import { HomelabError, HomelabErrors, InternalError } from '../core/errors.js';
import { ageFormOf, isArmored } from '../core/sealed.js';
import { createDocument, SECRET_TAG, type ParsedSource, type YamlDocument } from './document.js';
import { DepthGauge } from './depth.js';
import { parserObjections } from './parser-objections.js';
import { objectionsTo, type Objection } from './strictness.js';

const MOST_LEVELS = 100;

/**
 * A YAML file of the project. `displayPath` is how errors name it.
 * @throws HomelabError `yaml/unreadable`, `yaml/not-text`, `yaml/encrypted`
 * @throws HomelabErrors `yaml/syntax`, as {@link parseYaml}
 */
export function readYamlFile(path: string, displayPath: string): YamlDocument {
  return parseYamlBytes(readBytes(path, displayPath), displayPath);
}

/** The bytes of a file of the project. @throws HomelabError `yaml/unreadable` */
export function readBytes(path: string, displayPath: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new HomelabError({
      code: 'yaml/unreadable',
      message: `cannot read ${displayPath} (${reason})`,
      hint: 'Check that the file exists and that you may read it.',
      cause,
    });
  }
}

/** What bytes hold as YAML. @throws as {@link readYamlFile} does */
export function parseYamlBytes(bytes: Uint8Array, displayPath: string): YamlDocument {
  const source = { file: displayPath, line: 1, column: 1 };
  if (ageFormOf(bytes) !== undefined) {
    throw new HomelabError({
      code: 'yaml/encrypted',
      message: `${displayPath} is encrypted as a whole`,
      hint: 'Files of variables may be, and files that an item names; elsewhere encrypt values: `homelab secret encrypt`.',
      source,
    });
  }
  const text = decodeText(bytes);
  if (text !== undefined) return parseYaml(text, displayPath);
  throw new HomelabError({
    code: 'yaml/not-text',
    message: `${displayPath} is not UTF-8 text`,
    hint: 'Save it as UTF-8 without NUL characters.',
    source,
  });
}

/**
 * YAML 1.2 (core schema: `no` is text, `0o17` is a number) as data with places. One document; custom tags but `!secret`,
 * merge keys, keys given twice, `__proto__`, alias bombs and numbers that lose digits are refused. What is behind
 * `!secret` is a {@link Sealed}.
 * @throws HomelabErrors `yaml/syntax`, every mistake of the text in the order of its place
 */
export function parseYaml(text: string, displayPath: string): YamlDocument {
  return createDocument(parseSource(text, displayPath, 'sealed'));
}

/**
 * The text as a tree without mistakes. `secrets`: what has to stand behind `!secret`, an age file or, while a person
 * edits, any text. @throws HomelabErrors as {@link parseYaml}
 */
export function parseSource(text: string, displayPath: string, secrets: 'sealed' | 'open'): ParsedSource {
  const source = text.replace(/^\uFEFF/, '');
  const lines = countLines(source);
  const gauge = new DepthGauge(MOST_LEVELS);
  const tree = compose(source, gauge, secrets);
  if (gauge.deepAt !== undefined) {
    const message = `nested more than ${MOST_LEVELS} levels deep`;
    throw toErrors([{ offset: gauge.deepAt, message }], displayPath, lines);
  }
  const objections = [
    ...parserObjections(source, tree, lines),
    ...versionObjection(tree),
    ...objectionsTo(tree),
  ];
  if (objections.length > 0) throw toErrors(objections, displayPath, lines);
  return { file: displayPath, text: source, tree, lines };
}

/** As parseDocument of `yaml` does, which reads the tokens itself and goes as deep as they do. */
function compose(source: string, gauge: DepthGauge, secrets: 'sealed' | 'open'): Document.Parsed {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    customTags: (tags) => [...tags, secretTag(secrets)],
    stringKeys: true,
    // Both places of a key given twice are wanted; strictness.ts finds them.
    uniqueKeys: false,
  });
  const [tree, second] = composer.compose(parsed(source, gauge), true, source.length);
  if (tree === undefined) throw new InternalError('A text has no YAML document, not even an empty one');
  if (second !== undefined)
    tree.errors.push(
      new YAMLParseError([second.range[0], second.range[1]], 'MULTIPLE_DOCS', 'a second document'),
    );
  return tree;
}

/** `!secret` as a tag of text. */
function secretTag(secrets: 'sealed' | 'open'): ScalarTag {
  return {
    tag: SECRET_TAG,
    resolve: (text, onError) => {
      if (secrets === 'sealed' && !isArmored(text)) onError(`what is behind ${SECRET_TAG} is not encrypted`);
      return text;
    },
  };
}

/** The text up to where it gets too deep. */
function* parsed(source: string, gauge: DepthGauge): Generator<CST.Token, void> {
  const parser = new Parser();
  for (const token of new Lexer().lex(source)) {
    if (gauge.isTooDeep(token)) return;
    yield* parser.next(token);
  }
  yield* parser.end();
}

function countLines(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

function versionObjection(tree: Document.Parsed): Objection[] {
  if (tree.directives.yaml.version === '1.2') return [];
  return [{ offset: 0, message: 'only YAML 1.2 is understood', hint: 'Remove the line %YAML.' }];
}

function toErrors(objections: readonly Objection[], file: string, lines: LineCounter): HomelabErrors {
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const errors = objections
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, message, hint, otherOffset }) => {
      const other = otherOffset === undefined ? undefined : place(otherOffset);
      return new HomelabError({
        code: 'yaml/syntax',
        message,
        hint: other === undefined ? hint : `It is first given at ${file}:${other.line}:${other.column}.`,
        source: place(offset),
      });
    });
  return new HomelabErrors(errors);
}
