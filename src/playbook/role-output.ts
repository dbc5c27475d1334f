import { HomelabError, HomelabErrors } from '../core/errors.js';
import { EXAMPLE_SYSTEMS } from '../core/example-systems.js';
import type { Facts } from '../core/facts.js';
import type { HostConfig, Inventory } from '../core/host-config.js';
import type {
  RoleContext,
  RoleFiles,
  RoleHost,
  RoleOutlook,
  RoleOutput,
  RolePort,
  RoleService,
} from '../core/role.js';
import type { RawRole } from './raw-role.js';
import type { RoleParams } from './role-params.js';

/** What a role is asked about. */
export interface RoleQuestion {
  readonly raw: RawRole;
  readonly params: RoleParams;
  readonly host: HostConfig;
  readonly inventory: Inventory;
  /** Undefined before the host was asked. */
  readonly facts: Facts | undefined;
}

/** What is known of the other roles of a host. */
export interface RolesBeside {
  readonly ports: () => readonly RolePort[];
  readonly names: () => readonly string[];
}

/**
 * What a role asks for on a host. Before its facts are known it is asked about usual systems instead: what one of them can
 * have is not wrong yet. Undefined where it is for none of those.
 * @throws HomelabError `role/not-supported`, and `role/…` as the role itself throws it, at the place of its entry
 */
export function roleOutput(
  question: RoleQuestion,
  files: RoleFiles,
  beside: RolesBeside,
): RoleOutput | undefined {
  const { raw, params } = question;
  return asked(question, (facts) => {
    const context: RoleContext = {
      ...contextOf(question, facts),
      files,
      // Few roles want to know, and all other roles of the host have to be asked for it.
      get ports() {
        return beside.ports();
      },
      get roles() {
        return beside.names();
      },
    };
    return raw.role.items(params.value, context);
  });
}

/** What listens on the host because of a role; nothing where it is not for that. @throws HomelabError as the role does */
export function rolePorts(question: RoleQuestion): readonly RolePort[] {
  const { raw, params } = question;
  if (question.facts !== undefined && raw.role.refuses?.(question.facts) !== undefined) return [];
  return asked(question, (facts) => raw.role.ports?.(params.value, contextOf(question, facts)) ?? []) ?? [];
}

/** What runs on the host because of a role; nothing where it is not for that. @throws HomelabError as the role does */
export function roleServices(question: RoleQuestion): readonly RoleService[] {
  const { raw, params, facts } = question;
  if (facts !== undefined && raw.role.refuses?.(facts) !== undefined) return [];
  return (
    asked(question, (known) => raw.role.services?.(params.value, contextOf(question, known)) ?? []) ?? []
  );
}

function asked<T>(question: RoleQuestion, ask: (facts: Facts) => T): T | undefined {
  const { raw, facts } = question;
  if (facts !== undefined) {
    const reason = raw.role.refuses?.(facts);
    if (reason !== undefined) throw notSupported(question, reason);
    return placed(raw, () => ask(facts));
  }
  let firstError: HomelabError | undefined;
  for (const example of Object.values(EXAMPLE_SYSTEMS)) {
    if (raw.role.refuses?.(example) !== undefined) continue;
    try {
      return placed(raw, () => ask(example));
    } catch (thrown) {
      if (!(thrown instanceof HomelabError)) throw thrown;
      firstError ??= thrown;
    }
  }
  if (firstError !== undefined) throw firstError;
  return undefined;
}

function contextOf({ host, inventory }: RoleQuestion, facts: Facts): RoleOutlook {
  return { facts, host: roleHost(host), hosts: roleHosts(inventory) };
}

function roleHosts(inventory: Inventory): readonly RoleHost[] {
  const known = knownHosts.get(inventory);
  if (known !== undefined) return known;
  const hosts = [...inventory.hosts.values()].map(roleHost);
  knownHosts.set(inventory, hosts);
  return hosts;
}

/** Every role of every host sees all of them. */
const knownHosts = new WeakMap<Inventory, readonly RoleHost[]>();

function roleHost({ name, address, port, otherPorts, user, groups, via }: HostConfig): RoleHost {
  return { name, address, ports: [port ?? 22, ...otherPorts], user, groups, via: via ?? [] };
}

/** What `ask` returns; an error that says no place has that of the role's entry. */
function placed<T>(raw: RawRole, ask: () => T): T {
  try {
    return ask();
  } catch (thrown) {
    if (!(thrown instanceof HomelabError) || thrown instanceof HomelabErrors || thrown.source !== undefined)
      throw thrown;
    const { code, message, hint, cause } = thrown;
    throw new HomelabError({ code, message, hint, cause, source: raw.source });
  }
}

function notSupported({ raw, host }: RoleQuestion, reason: string): HomelabError {
  return new HomelabError({
    code: 'role/not-supported',
    message: `the role ${raw.name} is not for ${host.name}: ${reason}`,
    hint: 'Leave the host out with `when`, or with `hosts` of the play.',
    host: host.name,
    source: raw.source,
  });
}
