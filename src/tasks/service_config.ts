import { Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { existence } from '../probes/existence.js';
import { programVersions, versionKey } from '../probes/program-versions.js';
import { desiredAccess, touchedAccounts } from './shared/file-entry.js';
import { newFileMode, probeFile, textOf, type ManagedFile } from './shared/managed-file.js';
import { touchedByOpenrc } from './shared/openrc-state.js';
import { requiredAccounts, requiredProgram } from './shared/requirements.js';
import {
  contentFor,
  serviceConfigParams,
  type ServiceConfig,
  type ServiceFile,
} from './shared/service-config-params.js';
import type { TriedFile } from './shared/service-config-sandbox.js';
import { beganKey, trialStep } from './shared/service-config-trial.js';
import { startedThing, touchedByUnit } from './shared/unit-name.js';

/** Whether a trial of these files was cut off before anybody knew how it ended. */
const OVER = 'over';
const CUT_OFF = 'cut off';

function managedFile(file: ServiceFile, version: string | null): ManagedFile {
  const content = contentFor(file, version);
  const isFile = content !== null && !(typeof content === 'object' && 'refuse' in content);
  const { path, mode, owner, group, state } = file;
  return {
    path,
    mode,
    owner,
    group,
    state,
    content: isFile ? content : '',
    backup: false,
    sensitive: false,
  };
}

/** @throws HomelabError `task/unsupported` where the program has nothing for the host's init */
async function probe(host: ReadableHost, wanted: ServiceConfig): Promise<MaybeState | Unknown> {
  const { service, files, version: argv } = wanted;
  const [version, hasBegun] = await Promise.all([
    argv === undefined ? null : host.read(programVersions, versionKey(argv)),
    host.read(existence, beganKey(service)),
  ]);
  if (argv !== undefined && version === null) {
    const [program = ''] = argv;
    return new Unknown(`${program} is not installed`, [...requiredProgram(program), 'anything']);
  }
  const found = await Promise.all(files.map((file) => probeFile(host, managedFile(file, version))));
  const fields = files.flatMap(({ path }, index) => observedFields(path, found[index] ?? null));
  return { ...Object.fromEntries(fields), trial: hasBegun ? CUT_OFF : OVER, version };
}

/** A file that is there and should not be has no content that is worth reading. */
function observedFields(path: string, found: MaybeState): [string, State[string]][] {
  if (found === null) return [[path, null]];
  const { content = 'present', mode = null, owner = null, group = null } = found;
  return [
    [path, content],
    [`${path} mode`, mode],
    [`${path} owner`, owner],
    [`${path} group`, group],
  ];
}

function desiredOf({ files, service }: ServiceConfig, observed: MaybeState): State {
  const version = textOf(observed, 'version') ?? null;
  const fields = files.flatMap((file): [string, State[string]][] => {
    const content = contentFor(file, version);
    if (content === null) return [[file.path, null]];
    if (typeof content === 'object' && 'refuse' in content) throw tooOld(service, version, content.refuse);
    const access = Object.entries(desiredAccess(file)).map(
      ([field, value]) => [`${file.path} ${field}`, value] as [string, State[string]],
    );
    return [[file.path, Content.of(content)], ...access];
  });
  return { ...Object.fromEntries(fields), trial: OVER };
}

function tooOld(service: string, version: string | null, why: string): HomelabError {
  return new HomelabError({
    code: 'task/wrong-version',
    message: `${service} ${version ?? ''} cannot be configured so: ${why}`,
    hint: 'Install a newer version, or leave these settings out.',
  });
}

/** What is to be written: the files that differ, and all of them where nobody knows what became of a trial. */
function triedFiles({ params, before, changed }: StepContext<ServiceConfig>): TriedFile[] {
  const version = textOf(before, 'version') ?? null;
  const isChanged = ({ path }: ServiceFile): boolean =>
    changed('trial') || ['', ' mode', ' owner', ' group'].some((field) => changed(path + field));
  return params.files.filter(isChanged).map((file) => {
    const { path } = file;
    const { content: body = '', state } = managedFile(file, version);
    if (state === 'absent') return { path, isAbsent: true };
    const found = (field: string): string | undefined => textOf(before, `${path} ${field}`);
    return {
      path,
      isAbsent: false,
      body,
      mode: file.mode ?? found('mode') ?? newFileMode(body),
      owner: file.owner ?? found('owner') ?? 'root',
      group: file.group ?? found('group') ?? 'root',
    };
  });
}

/**
 * Files that a service reads. They are checked where nothing else sees them, take effect together, and go again where the
 * service does not live with them.
 */
export default defineTask<ServiceConfig>({
  summary: 'Configuration of a service: checked first, tried, and put back where the service does not answer',
  params: serviceConfigParams,
  examples: [
    {
      service: 'dnsmasq',
      files: [{ path: '/etc/dnsmasq.d/lan.conf', content: 'domain=lan\nhost-record=nas.lan,192.168.1.10\n' }],
      validate: ['/usr/share/dnsmasq/systemd-helper', 'checkconfig'],
      checks: [{ dns: { name: 'nas.lan', server: '127.0.0.1' } }],
      keeps: [{ dns: { name: 'example.com', server: '127.0.0.1' } }],
    },
    {
      service: 'consul',
      files: [
        {
          path: '/etc/consul.d/ui.json',
          variants: [{ since: '1.9', content: '{"ui_config":{"enabled":true}}' }, { content: '{"ui":true}' }],
        },
        { path: '/etc/consul.d/old.json', state: 'absent' },
      ],
      version: ['consul', 'version'],
      validate: ['consul', 'validate', '/etc/consul.d'],
      checks: [{ http: 'http://127.0.0.1:8500/v1/agent/self' }],
    },
    {
      service: 'nfs-server',
      files: [{ path: '/etc/exports.d/media.exports', content: '/srv/media 192.168.1.0/24(ro)\n' }],
      validate: ['exportfs', '-ra'],
      sandbox: { empty: ['/var/lib/nfs'], network: false },
      apply: ['exportfs', '-ra'],
    },
  ],
  desired: ({ files }) => (files.length === 0 ? null : { trial: OVER }),
  desiredOf,
  probe,
  touches: ({ service, files }) => [
    ...files.flatMap((file) => [`path:${file.path}`, ...touchedAccounts(file)]),
    ...touchedByUnit(service),
    ...(service.endsWith('.service') ? touchedByOpenrc(service) : []),
  ],
  foresight: ({ service, files, validate = [], apply }) => ({
    makes: [
      ...files.filter(({ state }) => state === 'present').map(({ path }) => `path:${path}`),
      ...(apply === 'restart' || apply === 'reload' ? [startedThing(service)] : []),
    ],
    removes: files.filter(({ state }) => state === 'absent').map(({ path }) => `path:${path}`),
    requires: [...files.flatMap(requiredAccounts), ...requiredProgram(validate[0] ?? '')],
  }),
  steps: (context) => [trialStep(context.params, triedFiles(context), context.facts)],
});
