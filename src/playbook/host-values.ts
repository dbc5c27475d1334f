import { HomelabError, HomelabErrors } from '../core/errors.js';
import { FACT_EXAMPLES, type Facts } from '../core/facts.js';
import type { HostConfig, Inventory, Variable } from '../core/host-config.js';
import { withPlaybookLayer } from '../inventory/variables.js';
import { hasTemplate, renderValue, type Reference } from '../render/render-value.js';
import type { Renderer, TemplateContext } from '../render/renderer.js';
import { UNKNOWN } from '../render/scope.js';
import { markUnknown, withoutValues } from './unknown-values.js';

/** What templates and conditions may name, for one host. */
export interface HostValues extends TemplateContext {
  /** Each is rendered when it is first read. @throws HomelabError, HomelabErrors where one is wrong, on every read */
  readonly vars: Readonly<Record<string, unknown>>;
  readonly host: Readonly<Record<string, unknown>>;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The members of each group, and of `all`, whatever hosts were chosen. */
  readonly groups: Readonly<Record<string, readonly unknown[]>>;
}

type Variables = ReadonlyMap<string, Variable>;

/** Variables on their way to values. */
interface Rendering {
  readonly vars: Record<string, unknown>;
  /** What the variables may name besides each other. */
  readonly rest: TemplateContext;
  /** Names of the variables that are being rendered. */
  readonly open: string[];
  readonly variables: Variables;
}

const NO_FACTS = withoutValues(FACT_EXAMPLES);

/** Makes the values of hosts; what they share (peers, groups) is made once. */
export class HostValueSource {
  readonly #inventory: Inventory;
  readonly #renderer: Renderer;
  readonly #brokenHosts: ReadonlySet<string>;
  readonly #peers = new Map<string, Readonly<Record<string, unknown>>>();
  readonly #groups: Readonly<Record<string, readonly unknown[]>>;

  /** Of `brokenHosts` nobody knows the variables. */
  constructor(inventory: Inventory, renderer: Renderer, brokenHosts: ReadonlySet<string> = new Set()) {
    this.#inventory = inventory;
    this.#renderer = renderer;
    this.#brokenHosts = brokenHosts;
    const groups = [...inventory.groups.values()].map(
      ({ name, hosts }) => [name, this.#members(hosts)] as const,
    );
    this.#groups = Object.fromEntries([...groups, ['all', this.#members([...inventory.hosts.keys()])]]);
  }

  /**
   * The values of `host` in a play with `playVars`. Variables may name each other, facts and groups. Before the facts
   * are known (undefined), their names are there and their values, and all that is made of them, are unknown.
   */
  valuesOf(host: HostConfig, playVars: Variables, facts: Facts | undefined): HostValues {
    const values = {
      host: describeHost(host),
      facts: facts === undefined ? NO_FACTS : { ...facts },
      groups: this.#groups,
    };
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
    this.#peers.set(name, peer);
    if (this.#brokenHosts.has(name)) return Object.assign(peer, { vars: UNKNOWN });
    // Most templates read no variables of peers, so those are made when somebody does, and then kept.
    let vars: Readonly<Record<string, unknown>> | undefined;
    const get = (): unknown => {
      vars ??= this.#render(host.vars, { host: describeHost(host), groups: this.#groups });
      return vars;
    };
    Object.defineProperty(peer, 'vars', { enumerable: true, get });
    return peer;
  }

  #render(variables: Variables, rest: TemplateContext): Readonly<Record<string, unknown>> {
    const vars: Record<string, unknown> = {};
    const rendering: Rendering = { vars, rest, open: [], variables };
    for (const [name, variable] of variables) {
      if (!hasTemplate(variable.value)) {
        vars[name] = variable.value;
        continue;
      }
      const get = (): unknown => this.#renderVariable(name, variable, rendering);
      Object.defineProperty(vars, name, { enumerable: true, configurable: true, get });
    }
    return vars;
  }

  #renderVariable(name: string, variable: Variable, { vars, rest, open, variables }: Rendering): unknown {
    if (open.includes(name)) throw circle(open.slice(open.indexOf(name)), variables);
    open.push(name);
    try {
      const { source, origin } = variable;
      const context = { ...rest, vars };
      const rendered = renderValue(variable.value, context, {
        renderer: this.#renderer,
        source: { name: origin, locate: source && (() => source) },
      });
      if (rest['facts'] === undefined && rendered.references.some(isFact)) throw factsOfPeer(name, variable);
      if (rendered.errors.length > 0) throw new HomelabErrors(rendered.errors);
      const value = rest['facts'] === NO_FACTS ? markUnknown(rendered, context) : rendered.value;
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

function isFact({ name }: Reference): boolean {
  return name === 'facts' || name.startsWith('facts.');
}

/** One error for one circle, whichever of its variables was read first. */
function circle(names: readonly string[], variables: Variables): HomelabError {
  const start = [...variables.keys()].find((name) => names.includes(name)) ?? '';
  const at = names.indexOf(start);
  const round = [...names.slice(at), ...names.slice(0, at), start];
  return new HomelabError({
    code: 'playbook/variable-circle',
    message: `the variable "${start}" is made of itself: ${round.join(' -> ')}`,
    hint: 'Give one of them a value of its own.',
    source: variables.get(start)?.source,
  });
}

function factsOfPeer(name: string, { source }: Variable): HomelabError {
  return new HomelabError({
    code: 'playbook/facts-of-peer',
    message: `the variable "${name}" is made of facts: only its own host can read it, not another through \`groups\``,
    hint: 'Read a variable without facts there.',
    source,
  });
}
