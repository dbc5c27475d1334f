import { defineRole, type RoleContext, type RoleItem } from '../../core/role.js';
import { exporterFlags, flagsFile, hostOf } from './exporter-flags.js';
import { exporterParams, type ExporterParams } from './exporter-params.js';
import { exporterSystem, TEXTFILES, type ExporterSystem } from './exporter-system.js';

/**
 * It reads the flags of the file and ends: `--version` comes after all of them. What a service of OpenRC makes of the file
 * is evaluated once more, as its shell does.
 */
function validation({ program, flagsFile: file }: ExporterSystem, init: string): string[] {
  const run =
    init === 'openrc' ? 'eval "exec \\"\\$0\\" $ARGS --version"' : 'set -f; exec "$0" $ARGS --version';
  return ['sh', '-c', `. ${file}; ${run}`, program];
}

function metricsUrl({ listen_address: address = '127.0.0.1', port }: ExporterParams): string {
  const isAny = address === '0.0.0.0' || address === '::';
  return `http://${isAny ? 'localhost' : hostOf(address)}:${port}/metrics`;
}

function isForItselfAlone({ listen_address: address = '' }: ExporterParams): boolean {
  return address.startsWith('127.') || address === '::1';
}

function items(wanted: ExporterParams, system: ExporterSystem, { facts }: RoleContext): RoleItem[] {
  const { service, client, flagsFile: path } = system;
  const { textfile_directory: folder } = wanted;
  const content = flagsFile(exporterFlags(wanted), facts);
  return [
    {
      name: 'package',
      kind: 'package',
      // Debian's recommends programs for disks and boards that many machines do not have, and whose services fail there.
      params: { names: [system.package, ...(client === undefined ? [] : [client])], recommends: false },
    },
    ...(system.isFolderBrought && folder === TEXTFILES
      ? []
      : [{ name: 'folder of metrics in files', kind: 'directory', params: { path: folder, mode: '0755' } }]),
    {
      name: 'flags',
      kind: 'service_config',
      params: {
        service,
        files: [{ path, content }],
        validate: validation(system, facts.init),
        checks: [{ http: metricsUrl(wanted) }],
      },
    },
    { name: 'service', kind: 'service', params: { name: service, state: 'running', enabled: true } },
  ];
}

/** What the machine is doing, for Prometheus. */
export default defineRole({
  summary: 'node_exporter tells Prometheus how the machine is',
  params: exporterParams,
  examples: [
    {},
    { collectors: ['systemd', 'processes'], without: ['wifi', 'zfs'], allow: ['192.168.1.0/24'] },
    {
      listen_address: '127.0.0.1',
      port: 9101,
      settings: { 'collector.filesystem.mount-points-exclude': '^/(dev|proc|run|sys)($|/)' },
    },
  ],
  refuses: (facts) => {
    if (facts.os.family === 'nixos')
      return 'NixOS is told by `services.prometheus.exporters.node` of its configuration: use the role nixos';
    return exporterSystem(facts) === undefined
      ? `how ${facts.os.name} keeps node_exporter is not known`
      : undefined;
  },
  items: (wanted, context) => {
    const system = exporterSystem(context.facts);
    return { items: system === undefined ? [] : items(wanted, system, context) };
  },
  ports: (wanted) => {
    const { port, allow } = wanted;
    if (isForItselfAlone(wanted)) return [];
    return [
      { protocol: 'tcp', port, ...(allow === undefined ? {} : { from: allow }), what: 'node_exporter' },
    ];
  },
  services: (wanted, { facts }) => {
    const system = exporterSystem(facts);
    if (system === undefined) return [];
    return [
      {
        name: 'node-exporter',
        unit: system.service,
        packages: [system.package],
        version: [system.program, '--version'],
        ready: [{ kind: 'http', url: metricsUrl(wanted), statuses: [], isInsecure: false }],
        drain: { adapter: 'none' },
      },
    ];
  },
});
