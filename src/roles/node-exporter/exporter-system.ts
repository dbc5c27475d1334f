import type { Facts } from '../../core/facts.js';

/** Where Debian has the folder of metrics in files; upstream has none. */
export const TEXTFILES = '/var/lib/prometheus/node-exporter';

/** How a system keeps node_exporter. */
export interface ExporterSystem {
  readonly package: string;
  /** What it is asked with, where a system comes with neither curl nor wget; undefined where it has one. */
  readonly client: string | undefined;
  readonly service: string;
  readonly program: string;
  /** Whether the package brings the folder of {@link TEXTFILES}. */
  readonly isFolderBrought: boolean;
  /** File with the flags, as the variable `ARGS`. */
  readonly flagsFile: string;
}

const DEBIAN: ExporterSystem = {
  package: 'prometheus-node-exporter',
  client: 'curl',
  service: 'prometheus-node-exporter',
  program: 'prometheus-node-exporter',
  isFolderBrought: true,
  flagsFile: '/etc/default/prometheus-node-exporter',
};

const SYSTEMS: Readonly<Record<string, ExporterSystem>> = {
  debian: DEBIAN,
  redhat: { ...DEBIAN, package: 'golang-github-prometheus-node-exporter', client: undefined },
  alpine: {
    package: 'prometheus-node-exporter',
    client: undefined,
    service: 'node-exporter',
    program: 'node_exporter',
    isFolderBrought: false,
    flagsFile: '/etc/conf.d/node-exporter',
  },
};

/** Undefined where it is not known. */
export function exporterSystem({ os }: Facts): ExporterSystem | undefined {
  return Object.hasOwn(SYSTEMS, os.family) ? SYSTEMS[os.family] : undefined;
}
