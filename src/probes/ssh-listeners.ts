import type { Reader } from '../core/reader.js';

/** Who listens for SSH. */
export interface SshListeners {
  /** What a socket of systemd listens on in sshd's stead, e.g. `[::]:22`; null where none does. */
  readonly socket: { readonly unit: string; readonly streams: readonly string[] } | null;
  /** TCP ports that anything listens on; undefined where that cannot be read. */
  readonly ports: ReadonlySet<number> | undefined;
}

/**
 * The key says nothing. Answer: the properties of the units, NUL, then the ports of the kernel's tables of sockets,
 * proc_net(5), in hexadecimal, one a line.
 */
export const sshListeners: Reader<SshListeners> = {
  name: 'ssh-listeners',
  script: () => `[ ! -d /run/systemd/system ] ||
  systemctl show --no-pager --property=Id,ActiveState,Listen -- ssh.socket sshd.socket 2>/dev/null
printf '\\0'
for table in /proc/net/tcp /proc/net/tcp6; do
  [ ! -r "$table" ] || while read -r _ local _ state _; do
    [ "$state" != 0A ] || printf '%s\\n' "\${local##*:}"
  done <"$table"
done
true`,
  parse: ({ stdout }, keys) => {
    const [units = '', listening = ''] = stdout.split('\0');
    const ports = listening.split('\n').filter((line) => /^[0-9A-Fa-f]{4}$/.test(line));
    const found: SshListeners = {
      socket: parseSocket(units),
      ports: ports.length === 0 ? undefined : new Set(ports.map((port) => Number.parseInt(port, 16))),
    };
    return keys.map(() => found);
  },
};

function parseSocket(text: string): SshListeners['socket'] {
  for (const block of text.split(/\n\n+/)) {
    const unit = /^Id=(sshd?\.socket)$/m.exec(block)?.[1];
    if (unit === undefined || !/^ActiveState=active$/m.test(block)) continue;
    const streams = [...block.matchAll(/^Listen=(\S+) \(Stream\)$/gm)].map(([, stream = '']) => stream);
    return { unit, streams };
  }
  return null;
}
