import { HomelabError, HomelabErrors } from '../core/errors.js';
import { FACT_EXAMPLES, type Facts } from '../core/facts.js';
import type { HostConfig, Inventory, Variable } from '../core/host-config.js';
import { withPlaybookLayer } from '../inventory/variables.js';
import { renderValue } from '../render/render-value.js';
import type { Renderer, TemplateContext } from '../render/renderer.js';

/** What templates and conditions may name, for one host. */
export interface HostValues extends TemplateContext {
  readonly vars: Readonly<Record<string, unknown>>;
  readonly host: Readonly<Record<string, unknown>>;
  readonly facts: Facts;
  /** The members of each group, and of `all`, whatever hosts were chosen. */
  readonly groups: Readonly<Record<string, readonly unknown[]>>;
}

type Variables = ReadonlyMap<string, Variable>;

/** Makes the values of hosts; what they share (peers, groups) is made once. */
export class HostValueSource {
  readonly #inventory: Inventory;
  readonly #renderer: Renderer;
  readonly #peers = new Map<string, Readonly<Record<string, unknown>>>();
  readonly #groups: Readonly<Record<string, readonly unknown[]>>;

  constructor(inventory: Inventory, renderer: Renderer) {
    this.#inventory = inventory;
    this.#renderer = renderer;
    const groups = [...inventory.groups.values()].map(
      ({ name, hosts }) => [name, this.#members(hosts)] as const,
    );
    this.#groups = Object.fromEntries([...groups, ['all', this.#members([...inventory.hosts.keys()])]]);
  }

  /**
   * The values of `host` in a play with `playVars`. Variables may name each other, facts and groups; each is rendered
   * when it is first read. Without `facts` the examples stand in.
   */
  valuesOf(host: HostConfig, playVars: Variables, facts: Facts = FACT_EXAMPLES): HostValues {
    const values = { host: describeHost(host), facts, groups: this.#groups };
    return { ...values, vars: this.#render(withPlaybookLayer(host.vars, playVars), values) };
  }

  #members(names: readonly string[]): readonly unknown[] {
    return names.flatMap((name) => this.#peer(name) ?? []);
  }

  /** A host as the others see it: its settings, and its variables under `vars`. Its facts are not known to them. */
  #peer(name: string): Readonly<Record<string, unknown>> | undefined {
    const known = this.#peers.get(name);
    const host = this.#inventory.hosts.get(name);
    if (known !== undefined || host === undefined) return known;
    const peer = describeHost(host);
    Object.defineProperty(peer, 'vars', {
      enumerable: true,
      get: () => this.#render(host.vars, { host: describeHost(host), groups: this.#groups }),
    });
    this.#peers.set(name, peer);
    return peer;
  }

  #render(variables: Variables, rest: TemplateContext): Readonly<Record<string, unknown>> {
    const vars: Record<string, unknown> = {};
    const open: string[] = [];
    for (const [name, variable] of variables) {
      if (!hasTemplate(variable.value)) {
        vars[name] = variable.value;
        continue;
      }
      const get = (): unknown => this.#renderVariable(name, variable, { vars, rest, open });
      Object.defineProperty(vars, name, { enumerable: true, configurable: true, get });
    }
    return vars;
  }

  #renderVariable(
    name: string,
    variable: Variable,
    { vars, rest, open }: { vars: Record<string, unknown>; rest: TemplateContext; open: string[] },
  ): unknown {
    if (open.includes(name)) throw circle(name, variable, open);
    open.push(name);
    try {
      const { source } = variable;
      const { value, errors } = renderValue(
        variable.value,
        { ...rest, vars },
        { renderer: this.#renderer, source: { name: variable.origin, locate: source && (() => source) } },
      );
      if (errors.length > 0) throw new HomelabErrors(errors);
      Object.defineProperty(vars, name, { enumerable: true, value });
      return value;
    } finally {
      open.pop();
    }
  }
}

function describeHost(host: HostConfig): Record<string, unknown> {
  return {
    name: host.name,
    address: host.address ?? host.name,
    port: host.port ?? 22,
    user: host.user ?? '',
    groups: host.groups,
    via: host.via ?? [],
  };
}

function hasTemplate(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasTemplate);
}

function circle(name: string, variable: Variable, open: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'playbook/variable-circle',
    message: `the variable "${name}" is made of itself: ${[...open, name].join(' -> ')}`,
    hint: 'Give one of them a value of its own.',
    source: variable.source,
  });
}
