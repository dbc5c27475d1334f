import { extname, join } from 'node:path';
import * as z from 'zod';
import { HomelabError, HomelabErrors } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { checkSchema } from '../yaml/check-schema.js';
import { ageFormOf, Sealed } from '../core/sealed.js';
import { hideLeaves, openDocument } from '../secrets/open-document.js';
import type { SecretOpener } from '../secrets/secret-opener.js';
import type { YamlDocument } from '../yaml/document.js';
import { parseYaml, parseYamlBytes, readBytes } from '../yaml/parse-yaml.js';
import { checkVariables, givenTwice, type Piece } from './draft.js';
import type { Problems } from './problems.js';
import { displayPath } from './project.js';
import { isYamlName, visibleNames } from './sources.js';

/** A file of variables: any names, any values. */
export const variablesSchema = z.record(z.string(), z.unknown());

/** A file of variables for one host or group. */
export type VarsFile = Piece<Record<string, unknown>>;

/** A folder of variables. */
interface VarsFolder {
  readonly path: string;
  readonly projectDir: string;
  readonly what: 'group' | 'host';
  /** False where hosts and groups may be missing that a broken file holds. */
  readonly isComplete: boolean;
  readonly secrets: SecretOpener | 'sealed';
}

export interface VarsFiles {
  readonly byName: ReadonlyMap<string, VarsFile>;
  /** Names whose file cannot be read, or holds no mapping. */
  readonly broken: ReadonlySet<string>;
  /** As the user would type them, those that cannot be read included. */
  readonly shown: readonly string[];
}

/**
 * The files `NAME.yml` of a folder of variables, by name. A file for a name that the inventory does not know is a
 * mistake; a README is none. Of a file that is encrypted as a whole, texts and numbers are secrets.
 */
export async function readVarsFiles(
  folder: VarsFolder,
  known: readonly string[],
  problems: Problems,
): Promise<VarsFiles> {
  const files = new Map<string, VarsFile>();
  const broken = new Set<string>();
  const allShown: string[] = [];
  for (const fileName of visibleNames(folder.path)) {
    const path = join(folder.path, fileName);
    const shown = displayPath(folder.projectDir, path);
    const name = isYamlName(fileName)
      ? fileName.slice(0, -extname(fileName).length)
      : fileName.split('.', 1)[0];
    if (name === undefined || (!isYamlName(fileName) && !known.includes(name))) continue;
    const error = isYamlName(fileName)
      ? unknownName(name, shown, { known, what: folder.what })
      : notYaml(name, shown);
    if (error !== undefined && (folder.isComplete || !isYamlName(fileName))) problems.add(error);
    allShown.push(shown);
    const file = isYamlName(fileName)
      ? await problems.collectAsync(() => readVarsFile({ path, shown, secrets: folder.secrets }, problems))
      : undefined;
    if (file === undefined || file.hasMistakes) broken.add(name);
    const first = files.get(name);
    if (first !== undefined && file !== undefined) {
      const message = `the variables of ${folder.what} "${name}" are given twice`;
      const places = { first: first.source, second: file.source };
      problems.add(givenTwice({ code: 'inventory/given-twice', message, ...places }));
    } else if (file !== undefined) files.set(name, file);
  }
  return { byName: files, broken, shown: allShown };
}

interface VarsPlace {
  readonly path: string;
  readonly shown: string;
  readonly secrets: SecretOpener | 'sealed';
}

async function readVarsFile({ path, shown, secrets }: VarsPlace, problems: Problems): Promise<VarsFile> {
  const document = await readDocument({ path, shown, secrets });
  const checked = checkSchema({ document, path: [], schema: variablesSchema, code: 'inventory/schema' });
  problems.add(...checked.errors);
  const value = checked.isValid ? checked.value : {};
  checkVariables({ document, path: [], values: value }, problems);
  const source = { file: shown, line: 1, column: 1 };
  return { document, path: [], source, value, hasMistakes: !checked.isValid, lost: new Set() };
}

async function readDocument({ path, shown, secrets }: VarsPlace): Promise<YamlDocument> {
  const bytes = readBytes(path, shown);
  const isEncrypted = ageFormOf(bytes) !== undefined;
  if (secrets === 'sealed') return isEncrypted ? parseYaml('', shown) : parseYamlBytes(bytes, shown);
  if (!isEncrypted) return openDocument(parseYamlBytes(bytes, shown), secrets);
  const sealed = new Sealed(bytes, { file: shown, line: 1, column: 1 });
  const plain = parseSecretYaml(await secrets.openBytes(sealed), shown);
  return hideLeaves(await openDocument(plain, secrets));
}

/** What the parser says about a mistake may quote the file; of one that is encrypted, the place has to do. */
function parseSecretYaml(bytes: Uint8Array, shown: string): YamlDocument {
  try {
    return parseYamlBytes(bytes, shown);
  } catch (thrown) {
    if (!(thrown instanceof HomelabError)) throw thrown;
    const errors = thrown instanceof HomelabErrors ? thrown.errors : [thrown];
    throw new HomelabErrors(
      errors.map(
        ({ code, source }) =>
          new HomelabError({
            code,
            message: 'what is encrypted here is not the YAML that homelab reads',
            hint: `See the line: homelab secret edit ${shown}`,
            source,
          }),
      ),
    );
  }
}

function unknownName(
  name: string,
  shown: string,
  wanted: { readonly known: readonly string[]; readonly what: string },
): HomelabError | undefined {
  const { known, what } = wanted;
  if (known.includes(name)) return undefined;
  const isForAll = what === 'group' && name === 'all';
  return new HomelabError({
    code: `inventory/unknown-${what}`,
    message: `${shown} is for a ${what} "${name}" that the inventory does not have`,
    hint: isForAll
      ? 'Variables of every host belong under `vars` of inventory/hosts.yml.'
      : (didYouMean(name, known) ?? `Rename the file, or add the ${what}.`),
    source: { file: shown, line: 1, column: 1 },
  });
}

function notYaml(name: string, shown: string): HomelabError {
  return new HomelabError({
    code: 'inventory/not-yaml',
    message: `${shown} would not be read: variables of "${name}" are one YAML file`,
    hint: `Name it ${name}.yml.`,
    source: { file: shown, line: 1, column: 1 },
  });
}
