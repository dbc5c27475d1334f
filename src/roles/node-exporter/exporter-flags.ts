import { isIP } from 'node:net';
import { quoteAll, quote } from '../../core/quote.js';
import type { Facts } from '../../core/facts.js';
import type { ExporterParams } from './exporter-params.js';

/** An address as it stands before a port. */
export function hostOf(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** The flags of node_exporter, in words. */
export function exporterFlags(wanted: ExporterParams): string[] {
  const {
    collectors,
    without,
    settings,
    textfile_directory: folder,
    listen_address: address = '',
    port,
  } = wanted;
  return [
    `--web.listen-address=${hostOf(address)}:${port}`,
    `--collector.textfile.directory=${folder}`,
    ...collectors.map((name) => `--collector.${name}`),
    ...without.map((name) => `--no-collector.${name}`),
    ...Object.entries(settings).map(([flag, value]) => {
      if (typeof value === 'boolean') return value ? `--${flag}` : `--no-${flag}`;
      return `--${flag}=${value}`;
    }),
  ];
}

/**
 * The file with the flags. systemd.exec(5) takes what is between single quotes as it is, and splits it at blanks, which
 * no flag holds. A service of OpenRC is evaluated by a shell once more, after the file was.
 */
export function flagsFile(flags: readonly string[], { init }: Pick<Facts, 'init'>): string {
  return `ARGS=${init === 'openrc' ? quote(quoteAll(flags)) : `'${flags.join(' ')}'`}\n`;
}
