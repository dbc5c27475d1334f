import { HomelabErrors, toHomelabError, type HomelabError } from '../../src/core/errors.js';
import { FACT_EXAMPLES, type Facts } from '../../src/core/facts.js';
import type { Inventory } from '../../src/core/host-config.js';
import type { HostPlay, Play } from '../../src/core/item.js';
import type { AnyTask } from '../../src/core/task.js';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { selectHosts } from '../../src/inventory/select-hosts.js';
import { compilePlaybooks } from '../../src/playbook/compile.js';
import type { KindSource } from '../../src/playbook/load-playbooks.js';
import type { SecretOpener } from '../../src/secrets/secret-opener.js';
import assertKind from '../../src/tasks/assert.js';
import command from '../../src/tasks/command.js';
import file from '../../src/tasks/file.js';
import group from '../../src/tasks/group.js';
import line from '../../src/tasks/line.js';
import packageKind from '../../src/tasks/package.js';
import service from '../../src/tasks/service.js';
import template from '../../src/tasks/template.js';
import { ROLES } from './example-roles.js';
import { makeProject, type ProjectFiles } from '../inventory/project-folder.js';

/** Some kinds, each known by its name alone. */
export const KINDS: KindSource = kindSource({
  assert: assertKind as AnyTask,
  command: command as AnyTask,
  file: file as AnyTask,
  group: group as AnyTask,
  line: line as AnyTask,
  package: packageKind as AnyTask,
  service: service as AnyTask,
  template: template as AnyTask,
});

function kindSource(tasks: Readonly<Record<string, AnyTask>>): KindSource {
  return {
    kinds: () => Object.keys(tasks),
    load: async (kind) => {
      const task = tasks[kind];
      if (task === undefined) throw new Error(`no kind ${kind}`);
      return task;
    },
  };
}

/** Three machines in two groups; nas has no variable `port`. */
export const INVENTORY = `
vars: { domain: lan, packages: [htop, tmux] }
groups:
  dns: { vars: { port: 53 } }
  storage: {}
hosts:
  dns1: { address: 10.0.0.1, groups: [dns], vars: { title: One } }
  dns2: { address: 10.0.0.2, groups: [dns] }
  nas: { address: 10.0.0.9, groups: [storage] }
`;

export interface Compiling {
  readonly hosts?: readonly string[];
  readonly playbooks?: readonly string[];
  readonly projectPlaybooks?: readonly string[];
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly setVars?: ReadonlyMap<string, unknown>;
  readonly secrets?: SecretOpener;
}

/** The plays of a project, and its inventory. A single text is `site.yml`. */
export async function compile(
  files: ProjectFiles | string,
  options: Compiling = {},
): Promise<{ readonly plays: readonly Play[]; readonly inventory: Inventory }> {
  const { hosts = ['all'], playbooks = ['site.yml'], projectPlaybooks, tags = [], skipTags = [] } = options;
  const { setVars, secrets } = options;
  const all = typeof files === 'string' ? { 'site.yml': files } : files;
  const projectDir = makeProject({ 'inventory/hosts.yml': INVENTORY, ...all });
  const inventory = await loadInventory({ projectDir, setVars, secrets, localUser: 'someone' });
  const chosen = selectHosts(inventory, hosts);
  const plays = await compilePlaybooks({
    projectDir,
    inventory,
    playbooks,
    hosts: chosen,
    projectPlaybooks,
    kinds: KINDS,
    roles: ROLES,
    secrets,
    tags,
    skipTags,
  });
  return { plays, inventory };
}

/** What the plays ask of one host whose facts are known, one {@link HostPlay} for each play. */
export async function compileFor(
  host: string,
  files: ProjectFiles | string,
  { facts = FACT_EXAMPLES, ...options }: Compiling & { readonly facts?: Facts } = {},
): Promise<readonly HostPlay[]> {
  const { plays, inventory } = await compile(files, options);
  const config = inventory.hosts.get(host);
  if (config === undefined) throw new Error(`no host ${host}`);
  return Promise.all(
    plays.filter((play) => play.hosts.includes(host)).map((play) => play.compile(config, facts)),
  );
}

/** The parameters of the items of the first play that a host has. */
export async function paramsFor(
  host: string,
  files: ProjectFiles | string,
  options?: Compiling & { readonly facts?: Facts },
): Promise<readonly unknown[]> {
  const [play] = await compileFor(host, files, options);
  return (play?.items ?? []).map((item) => item.params);
}

/** Everything wrong with a project, as `place code: message | hint`; `site.yml:` and `playbook/` are left out. */
export async function mistakes(files: ProjectFiles | string, options?: Compiling): Promise<string[]> {
  return told(() => compile(files, options));
}

/** The errors of what `act` throws, as {@link mistakes} writes them. */
export async function told(act: () => unknown): Promise<string[]> {
  try {
    await act();
    return [];
  } catch (thrown) {
    const errors = thrown instanceof HomelabErrors ? thrown.errors : [toHomelabError(thrown)];
    return errors.map(inOneLine);
  }
}

function inOneLine({ source, code, message, hint }: HomelabError): string {
  const file = source === undefined || source.file === 'site.yml' ? '' : `${source.file}:`;
  const place = source === undefined ? 'nowhere' : `${file}${source.line}:${source.column}`;
  return `${place} ${code.replace(/^playbook\//, '')}: ${message} | ${hint ?? ''}`;
}
