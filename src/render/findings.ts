import { HomelabError, HomelabErrors } from '../core/errors.js';
import { positionOfNode } from './parse-template.js';
import { placeIn, type TemplateSource } from './template-source.js';

/** What a walk over a template finds out; partials add to the same findings under their own names. */
export class Findings {
  readonly #errors = new Map<string, HomelabError>();
  readonly #references = new Set<string>();
  #hasSecret = false;
  /** Contexts whose names are the root's: the root itself, and what a partial's own values were added to. */
  readonly #roots = new Set<unknown>();

  constructor(root: unknown) {
    this.#roots.add(root);
  }

  /** In the order found, each once: the same place is walked for every item of a list. */
  get errors(): readonly HomelabError[] {
    return [...this.#errors.values()];
  }

  /** Names from the root of the context that the template mentions, e.g. `facts.os.name`; empty: the root as a whole. */
  get references(): ReadonlySet<string> {
    return this.#references;
  }

  report(
    template: TemplateSource,
    node: hbs.AST.Node,
    mistake: { readonly code: string; readonly message: string; readonly hint?: string | undefined },
  ): void {
    const source = placeIn(template, positionOfNode(node));
    const key = `${source.file}:${source.line}:${source.column} ${mistake.code} ${mistake.message}`;
    if (!this.#errors.has(key)) this.#errors.set(key, new HomelabError({ ...mistake, source }));
  }

  /** What `act` returns; errors it throws are findings too. A value may be made, and fail, when it is first read. */
  collect<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (thrown) {
      if (!(thrown instanceof HomelabError)) throw thrown;
      for (const error of thrown instanceof HomelabErrors ? thrown.errors : [thrown])
        this.#errors.set(`${error.source?.file}:${error.source?.line} ${error.message}`, error);
      return undefined;
    }
  }

  /** Whether what is printed holds a secret. */
  get hasSecret(): boolean {
    return this.#hasSecret;
  }

  noteSecret(): void {
    this.#hasSecret = true;
  }

  isRoot(context: unknown): boolean {
    return this.#roots.has(context);
  }

  addRoot(context: unknown): void {
    this.#roots.add(context);
  }

  refer(parts: readonly string[]): void {
    this.#references.add(parts.join('.'));
  }
}
