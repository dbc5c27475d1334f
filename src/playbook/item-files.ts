import { HomelabError } from '../core/errors.js';
import type { ProjectFiles } from '../core/task.js';
import type { Renderer, TemplateContext } from '../render/renderer.js';
import type { RawItem } from './raw-item.js';
import type { ProjectFolder } from './template-folder.js';
import { holdsUnknown } from './unknown-values.js';

export interface ItemFilesOptions {
  readonly raw: RawItem;
  /** The item's parameters as they were parsed. */
  readonly params: unknown;
  /** The same as they were rendered: with what is unknown still marked. */
  readonly rendered: unknown;
  readonly context: TemplateContext;
  readonly renderer: Renderer;
  readonly folder: ProjectFolder;
}

/** The project's files for one item. An error about a file has the place of the parameter that names it. */
export class ItemFiles implements ProjectFiles {
  readonly #options: ItemFilesOptions;

  constructor(options: ItemFilesOptions) {
    this.#options = options;
  }

  read(path: string): Uint8Array {
    return this.#named(path, () => this.#options.folder.read(path), new Uint8Array());
  }

  render(name: string, vars: Readonly<Record<string, unknown>>): string {
    const { folder, renderer, context } = this.#options;
    const template = this.#named(name, () => folder.template(name), { name, text: '' });
    return renderer.renderText(template, { ...context, ...vars });
  }

  /** What `read` returns; `standIn` where the name is made of facts that are not known yet, so that nobody can tell. */
  #named<T>(name: string, read: () => T, standIn: T): T {
    const { raw, params, rendered } = this.#options;
    const key = Object.entries(asRecord(params)).find(([, value]) => value === name)?.[0];
    try {
      return read();
    } catch (thrown) {
      if (!(thrown instanceof HomelabError) || thrown.source !== undefined) throw thrown;
      if (key !== undefined && holdsUnknown(asRecord(rendered)[key])) return standIn;
      const { code, message, hint, cause } = thrown;
      const source = raw.document.locate([...raw.path, raw.kind, ...(key === undefined ? [] : [key])]);
      throw new HomelabError({ code, message, hint, cause, source });
    }
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return (value ?? {}) as Record<string, unknown>;
}
