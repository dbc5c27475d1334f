import { HomelabError } from '../../core/errors.js';
import type { SshListeners } from '../../probes/ssh-listeners.js';
import type { SshdReport } from '../../probes/sshd-configs.js';

/** The drop-in that names ports. They add up over all files, so its place among them does not matter. */
export const PORT_FILE = '/etc/ssh/sshd_config.d/01-homelab-port.conf';

const PORT_LINE = /^\s*Port[\s=]+"?(\d{1,5})"?\s*$/i;

/** The part of a configuration that holds for everybody: ports can be nowhere else. */
function globalLines(text: string): readonly string[] {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => /^\s*Match\s/i.test(line));
  return end < 0 ? lines : lines.slice(0, end);
}

/** The ports that a file of sshd_config(5) names, in its order. */
export function portsIn(text: string): number[] {
  return globalLines(text).flatMap((line) => {
    const port = PORT_LINE.exec(line)?.[1];
    return port === undefined ? [] : [Number(port)];
  });
}

/** The file with every `Port` but `kept` made a comment. */
export function withoutOtherPorts(text: string, kept: number): string {
  const count = globalLines(text).length;
  return text
    .split('\n')
    .map((line, index) => {
      const port = index < count ? PORT_LINE.exec(line)?.[1] : undefined;
      return port === undefined || Number(port) === kept ? line : `# ${line.trim()}`;
    })
    .join('\n');
}

/** A drop-in that names these ports. */
export function portFileText(ports: readonly number[]): string {
  return [
    '# Kept by homelab: changes by hand are overwritten.',
    ...ports.map((port) => `Port ${port}`),
    '',
  ].join('\n');
}

/** The ports of addresses such as `0.0.0.0:22`, `[::]:22`; of `22` alone too. */
export function portsOfAddresses(addresses: readonly string[]): number[] {
  const ports = addresses.map((address) => /(?:^|:)(\d{1,5})$/.exec(address)?.[1]);
  return [...new Set(ports.filter((port) => port !== undefined).map(Number))];
}

/** Drop-in of a socket unit, systemd.socket(5): every address that it listens on now, with each of these ports. */
export function socketDropIn(streams: readonly string[], ports: readonly number[]): string {
  const addresses = new Set(streams.map((stream) => stream.replace(/:?\d{1,5}$/, '')));
  const listens = ports.flatMap((port) =>
    [...addresses].map((address) => `ListenStream=${address === '' ? '' : `${address}:`}${port}`),
  );
  return [
    '# Kept by homelab: changes by hand are overwritten.',
    '[Socket]',
    'ListenStream=',
    ...listens,
    '',
  ].join('\n');
}

/** Where that drop-in lies: behind what Ubuntu's generator makes of sshd_config (`addresses.conf`). */
export function socketFile(unit: string): string {
  return `/etc/systemd/system/${unit}.d/homelab-port.conf`;
}

/**
 * Ports as fields of a state, `port.22`: `open`, or what is the matter. A port of a configuration that nobody listens on
 * is not open: sshd goes on where it could not have one of several.
 */
export function portFields(report: SshdReport, { socket, ports }: SshListeners): Record<string, string> {
  const configured = portsOfAddresses(socket?.streams ?? report.values?.get('listenaddress') ?? []);
  return Object.fromEntries(
    configured.map((port) => [
      `port.${port}`,
      ports === undefined || ports.has(port) ? 'open' : 'nobody listens',
    ]),
  );
}

/** @throws HomelabError `task/overruled` where an address of the configuration brings a port of its own */
export function refuseOwnPorts({ lines }: SshdReport): void {
  const own = lines.find(({ keyword, value }) => keyword === 'listenaddress' && hasPort(value));
  if (own === undefined) return;
  throw new HomelabError({
    code: 'task/overruled',
    message: `${own.file} line ${own.line} names a port of its own: ListenAddress ${own.value}`,
    hint: 'Write that address without a port: it is then listened on at every `Port`.',
  });
}

function hasPort(address: string): boolean {
  return /^(?:\[[^\]]*\]|[^:]*):\d+/.test(address.trim());
}
