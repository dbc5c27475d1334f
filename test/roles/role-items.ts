import type { Facts } from '../../src/core/facts.js';
import { createRegistry } from '../../src/core/registry.js';
import { createRoleRegistry } from '../../src/core/role-registry.js';
import type {
  RoleContext,
  RoleDefinition,
  RoleFiles,
  RoleHost,
  RoleItem,
  RolePort,
  RoleService,
} from '../../src/core/role.js';
import { Secret } from '../../src/core/secret.js';
import type { AnyTask } from '../../src/core/task.js';
import { ProjectFolder } from '../../src/playbook/template-folder.js';
import { createRenderer } from '../../src/render/renderer.js';
import { SecretOpener } from '../../src/secrets/secret-opener.js';
import { schemaProblems } from '../../src/yaml/schema-problems.js';
import { factsOf, type ExampleSystem } from './fact-presets.js';

/** What a role is asked about besides its parameters. */
export interface Asking {
  readonly system?: ExampleSystem;
  /** Facts that are otherwise than those of the system. */
  readonly facts?: Partial<Facts>;
  readonly host?: Partial<RoleHost>;
  /** All hosts of the inventory; default: the one alone. */
  readonly hosts?: readonly RoleHost[];
  readonly ports?: readonly RolePort[];
  /** Names of its other roles. */
  readonly roles?: readonly string[];
  /** Folder of a project; default: one without files. */
  readonly project?: string;
}

/** What a role may read: its own templates, and the files of `project`. */
function filesOf<Params>(role: RoleDefinition<Params>, project: string): RoleFiles {
  const folder = new ProjectFolder(project, new SecretOpener());
  const renderer = createRenderer(folder);
  return {
    render: (name, values) => renderer.renderText(folder.roleTemplate(nameOf(role), name), values),
    list: (path) => folder.list(path),
    read: (path) => folder.read(path),
    renderFile: (path, values) => renderer.renderText(folder.textFile(path), values),
  };
}

/** A host whose parts are of no matter. */
export function someHost(parts: Partial<RoleHost> = {}): RoleHost {
  return { name: 'host', address: '192.0.2.10', ports: [22], user: 'admin', groups: [], via: [], ...parts };
}

function contextOf<Params>(role: RoleDefinition<Params>, asking: Asking): RoleContext {
  const {
    system = 'debian12',
    facts,
    host,
    hosts,
    ports = [],
    roles = [],
    project = '/nonexistent',
  } = asking;
  const self = someHost(host);
  const files = filesOf(role, project);
  return { facts: factsOf(system, facts), host: self, hosts: hosts ?? [self], ports, roles, files };
}

const roleRegistry = createRoleRegistry();
const namesByRole = new Map<unknown, string>();
for (const name of roleRegistry.roles()) namesByRole.set(await roleRegistry.load(name), name);

function nameOf<Params>(role: RoleDefinition<Params>): string {
  return namesByRole.get(role) ?? 'unknown';
}

const kinds = createRegistry();
const loaded = new Map<string, AnyTask>();
for (const kind of kinds.kinds()) loaded.set(kind, await kinds.load(kind));

/** A role's answer whose items were seen by the schemas of their kinds. */
export interface RoleAnswer {
  readonly items: readonly RoleItem[];
  readonly actions: Readonly<Record<string, RoleItem>>;
  /** The parameters of the item with this name. @throws where there is none */
  readonly params: (name: string) => Readonly<Record<string, unknown>>;
  /** What the file at this path is to hold, of the first item that keeps it whole. @throws where none does */
  readonly file: (path: string) => string;
}

/**
 * What a role asks for where `params` are written.
 * @throws where the parameters are wrong, where the role throws, and where a kind refuses what it asks for
 */
export function roleItems<Params>(
  role: RoleDefinition<Params>,
  params: unknown,
  asking: Asking = {},
): RoleAnswer {
  const { items, actions = {} } = role.items(role.params.parse(params), contextOf(role, asking));
  for (const item of [...items, ...Object.values(actions)]) checkItem(item);
  for (const name of items.flatMap(({ onChange = [] }) => onChange))
    if (!Object.hasOwn(actions, name)) throw new Error(`no action "${name}"`);
  const find = (what: string, is: (item: RoleItem) => boolean): RoleItem['params'] => {
    const found = items.find(is);
    if (found === undefined) throw new Error(`no ${what} among: ${items.map(({ name }) => name).join(', ')}`);
    return found.params;
  };
  return {
    items,
    actions,
    params: (name) => find(name, (item) => item.name === name),
    file: (path) =>
      textOf(
        find(path, ({ kind, params: one }) => wholeFile(kind, one, path) !== undefined),
        path,
      ),
  };
}

/** A file at `path` that an item of this kind keeps. */
function wholeFile(kind: string, params: RoleItem['params'], path: string) {
  const files = kind === 'service_config' ? (params['files'] as readonly RoleItem['params'][]) : [params];
  return ['file', 'block', 'service_config'].includes(kind)
    ? files.find((one) => one['path'] === path)
    : undefined;
}

function textOf(params: RoleItem['params'], path: string): string {
  const kind = 'files' in params ? 'service_config' : 'file';
  const content = wholeFile(kind, params, path)?.['content'];
  if (content instanceof Secret) return content.reveal();
  return typeof content === 'string' ? content : '';
}

/** What listens where `params` are written. */
export function rolePorts<Params>(
  role: RoleDefinition<Params>,
  params: unknown,
  asking: Asking = {},
): readonly RolePort[] {
  return role.ports?.(role.params.parse(params), contextOf(role, asking)) ?? [];
}

/** What runs where `params` are written, as a rolling upgrade knows it. */
export function roleServices<Params>(
  role: RoleDefinition<Params>,
  params: unknown,
  asking: Asking = {},
): readonly RoleService[] {
  return role.services?.(role.params.parse(params), contextOf(role, asking)) ?? [];
}

function checkItem({ name, kind, params }: RoleItem): void {
  const task = loaded.get(kind);
  if (task === undefined) throw new Error(`"${name}" is of no kind: ${kind}`);
  const { problems } = schemaProblems(params, task.params);
  if (problems.length > 0)
    throw new Error(`"${name}" (${kind}): ${problems.map(({ message }) => message).join('; ')}`);
}
