import { HomelabError } from '../core/errors.js';
import { MASK, type Secret } from '../core/secret.js';
import type { Condition } from '../core/condition.js';
import type { Preparation } from '../core/task.js';
import type { Renderer, TemplateContext } from '../render/renderer.js';
import type { YamlPath } from '../yaml/document.js';
import type { ConditionContext } from './condition.js';
import { parameterWith, placedAtParameter } from './file-errors.js';
import { mismatchesOf } from './mismatches.js';
import type { RawItem } from './raw-item.js';
import type { ProjectFolder } from './template-folder.js';
import { holdsUnknown } from './unknown-values.js';

export interface ItemPreparationOptions {
  readonly raw: RawItem;
  /** The item's parameters as they were parsed. */
  readonly params: unknown;
  /** The same as they were rendered: with what is unknown still marked. */
  readonly rendered: unknown;
  readonly context: TemplateContext;
  readonly renderer: Renderer;
  readonly folder: ProjectFolder;
  /** What a condition at a path of the parameters is matched with. */
  readonly contextAt: (at: YamlPath) => ConditionContext;
}

/** What one item is prepared with. An error about a file has the place of the parameter that names it. */
export class ItemPreparation implements Preparation {
  readonly #options: ItemPreparationOptions;

  constructor(options: ItemPreparationOptions) {
    this.#options = options;
  }

  read(path: string): Uint8Array | Secret {
    return this.#named<Uint8Array | Secret>(path, () => this.#options.folder.read(path), new Uint8Array());
  }

  render(name: string, vars: Readonly<Record<string, unknown>>): string | Secret {
    const { folder, renderer, context } = this.#options;
    const template = this.#named(name, () => folder.template(name), { name, text: '' });
    return renderer.renderText(template, { ...context, ...vars });
  }

  judge(condition: Condition, at: YamlPath): readonly string[] {
    const { raw, contextAt } = this.#options;
    const show = raw.frame.sensitive === true ? () => MASK : String;
    return mismatchesOf(condition, { ...contextAt(at), earlierIds: undefined }, show);
  }

  /** What `read` returns; `standIn` where the name is made of facts that are not known yet, so that nobody can tell. */
  #named<T>(name: string, read: () => T, standIn: T): T {
    const { raw, params, rendered } = this.#options;
    const key = parameterWith(name, params);
    try {
      return placedAtParameter(raw, key, read);
    } catch (thrown) {
      if (!(thrown instanceof HomelabError)) throw thrown;
      const isOpen = key !== undefined && holdsUnknown((rendered as Record<string, unknown>)[key]);
      if (isOpen && thrown.source?.file === raw.document.file) return standIn;
      throw thrown;
    }
  }
}
