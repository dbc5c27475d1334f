import { readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { bodyBytes, decodeText } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { ageFormOf, Sealed } from '../core/sealed.js';
import { Secret } from '../core/secret.js';
import type { PartialSource } from '../render/partials.js';
import type { TemplateSource } from '../render/template-source.js';
import type { SecretOpener } from '../secrets/secret-opener.js';

const TEMPLATES = 'templates';

/** The templates of homelab's own roles, beside the folder of the program. */
const OWN_TEMPLATES = new URL('../../templates/', import.meta.url);

/**
 * The files of a project that playbooks name, read once each. Those that are encrypted are opened between two attempts
 * at what asks for them, since opening takes time and compiling does not wait: see {@link ProjectFolder.withOpenFiles}.
 */
export class ProjectFolder implements PartialSource {
  readonly #projectDir: string;
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #secrets: SecretOpener;
  /** What encrypted files hold, or why that cannot be told. */
  readonly #opened = new Map<string, Secret | HomelabError>();
  /** Encrypted files that were asked for and are not opened yet. */
  readonly #closed = new Map<string, Sealed>();
  #templateNames: readonly string[] | undefined;

  constructor(projectDir: string, secrets: SecretOpener) {
    this.#projectDir = projectDir;
    this.#secrets = secrets;
  }

  /** What `make` returns or throws when every encrypted file that it asks for is open; before that it is called in vain. */
  async withOpenFiles<T>(make: () => T): Promise<T> {
    for (;;) {
      try {
        const made = make();
        if (this.#closed.size === 0) return made;
      } catch (thrown) {
        if (this.#closed.size === 0) throw thrown;
      }
      await this.#openFiles();
    }
  }

  async #openFiles(): Promise<void> {
    for (const [path, sealed] of this.#closed) {
      try {
        this.#opened.set(path, await this.#secrets.open(sealed));
      } catch (thrown) {
        if (!(thrown instanceof HomelabError)) throw thrown;
        this.#opened.set(path, thrown);
      }
    }
    this.#closed.clear();
  }

  /**
   * The bytes of a file, its path relative to the project; a secret where the file is encrypted.
   * @throws HomelabError `playbook/missing-file`, `playbook/outside-project`, `playbook/not-open` on the first attempt,
   *   `secret/…` where it cannot be opened
   */
  read(path: string): Uint8Array | Secret {
    const bytes = this.#readBytes(path);
    if (ageFormOf(bytes) === undefined) return bytes;
    const opened = this.#opened.get(path);
    if (opened instanceof Secret) return opened;
    if (opened !== undefined) throw opened;
    this.#closed.set(path, new Sealed(bytes, { file: path, line: 1, column: 1 }));
    throw new HomelabError({ code: 'playbook/not-open', message: `${path} is not open yet` });
  }

  #readBytes(path: string): Uint8Array {
    const known = this.#bytes.get(path);
    if (known !== undefined) return known;
    const inside = normalize(path);
    if (isOutside(inside)) throw outside(path);
    try {
      const bytes = readFileSync(join(this.#projectDir, inside));
      this.#bytes.set(path, bytes);
      return bytes;
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
      throw new HomelabError({
        code: 'playbook/missing-file',
        message: `cannot read ${path} (${reason})`,
        hint: this.#nearestFile(inside) ?? 'Paths are relative to the project.',
        cause,
      });
    }
  }

  #nearestFile(path: string): string | undefined {
    const folder = dirname(path);
    const names = filesBelow(join(this.#projectDir, folder), { isDeep: false });
    return didYouMean(
      path,
      names.map((name) => join(folder, name)),
    );
  }

  /**
   * A template by its path below `templates/`.
   * @throws HomelabError `playbook/missing-template` with the nearest names, `playbook/not-text`
   */
  template(name: string): TemplateSource {
    const found = this.load(name);
    if (found !== undefined) return found;
    const isWhole = name.endsWith('.hbs');
    const known = this.names().map((one) => (isWhole ? one : one.replace(/\.hbs$/, '')));
    throw new HomelabError({
      code: 'playbook/missing-template',
      message: `there is no template "${name}" in ${TEMPLATES}/`,
      hint: didYouMean(name, known) ?? 'Templates are the files of that folder of the project.',
    });
  }

  /** The files below `templates/`, `/` between folders. */
  names(): readonly string[] {
    this.#templateNames ??= filesBelow(join(this.#projectDir, TEMPLATES), { isDeep: true });
    return this.#templateNames;
  }

  /**
   * The template `name` of a role: the project's own `templates/ROLE/NAME` where there is one, else what homelab brings.
   * @throws HomelabError `playbook/missing-template`, `playbook/not-text`
   */
  roleTemplate(role: string, name: string): TemplateSource {
    const own = this.load(`${role}/${name}`);
    if (own !== undefined) return own;
    try {
      const text = readFileSync(new URL(`${role}/${name}`, OWN_TEMPLATES), 'utf8');
      return { name: `homelab's own ${TEMPLATES}/${role}/${name}`, text };
    } catch (cause) {
      throw new HomelabError({
        code: 'playbook/missing-template',
        message: `the role ${role} has no template "${name}"`,
        hint: 'Reinstall homelab: its files are not complete.',
        cause,
      });
    }
  }

  /**
   * Paths of the files below a folder of the project, relative to that folder, sorted.
   * @throws HomelabError `playbook/outside-project`, `playbook/missing-file` where it is no folder
   */
  list(folder: string): readonly string[] {
    const inside = normalize(folder);
    if (isOutside(inside)) throw outside(folder);
    const files = filesBelow(join(this.#projectDir, inside), { isDeep: true });
    if (files.length > 0) return files;
    throw new HomelabError({
      code: 'playbook/missing-file',
      message: `there are no files in ${folder}`,
      hint: this.#nearestFile(inside) ?? 'Paths are relative to the project.',
    });
  }

  /** A template; its ending `.hbs` may be left out. @throws HomelabError `playbook/missing-file`, `playbook/not-text` */
  load(name: string): TemplateSource | undefined {
    const file = [name, `${name}.hbs`].find((one) => this.names().includes(one));
    if (file === undefined) return undefined;
    return this.textFile(`${TEMPLATES}/${file}`);
  }

  /** A file of the project as a template. @throws HomelabError as {@link ProjectFolder.read}, `playbook/not-text` */
  textFile(path: string): TemplateSource {
    const body = this.read(path);
    const text = decodeText(bodyBytes(body));
    if (text !== undefined)
      return { name: path, text, ...(body instanceof Secret ? { isSecret: true } : {}) };
    throw new HomelabError({
      code: 'playbook/not-text',
      message: `${path} is not UTF-8 text`,
      hint: 'Use `file` with `source` for bytes.',
    });
  }
}

function isOutside(path: string): boolean {
  return isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`);
}

/** Paths of the files in a folder, relative to it, sorted; none where it is no folder that can be read. */
function filesBelow(folder: string, { isDeep }: { readonly isDeep: boolean }): string[] {
  try {
    return readdirSync(folder, { recursive: isDeep, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .toSorted();
  } catch {
    return [];
  }
}

function outside(path: string): HomelabError {
  return new HomelabError({
    code: 'playbook/outside-project',
    message: `${path} is outside of the project`,
    hint: 'Copy the file into the project and name it relative to that.',
  });
}
