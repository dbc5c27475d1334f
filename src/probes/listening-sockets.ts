import type { Reader } from '../core/reader.js';

/** A socket that other machines may send to. */
export interface ListeningSocket {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Name of the program, as the kernel keeps it (15 bytes at most); undefined: the kernel's own, or not told. */
  readonly program: string | undefined;
  /** The network interface that it is bound to, by its address or by its name; undefined: any. */
  readonly interface: string | undefined;
}

/**
 * All sockets that wait for others, without those of loopback. The key says nothing. `ss` tells the programs, to root; where
 * there is none, /proc/net tells the ports.
 * Answer: `ip -o addr`, NUL, the lines of `ss`, NUL, those of /proc/net with the name of their file before each.
 */
export const listeningSockets: Reader<readonly ListeningSocket[]> = {
  name: 'listening-sockets',
  script: () => `ip -o addr show 2>/dev/null
printf '\\0'
if command -v ss >/dev/null 2>&1; then ss -H -lntup 2>/dev/null; printf '\\0'
else
  printf '\\0'
  cd /proc/net && grep -H : tcp tcp6 udp udp6 2>/dev/null
fi
true`,
  parse: ({ stdout }, keys) => {
    const [addresses = '', ss = '', proc = ''] = stdout.split('\0');
    const interfaces = interfacesOf(addresses);
    const found = [
      ...ss.split('\n').map((line) => ssSocket(line, interfaces)),
      ...proc.split('\n').map(procSocket),
    ];
    const sockets = found.filter((socket) => socket !== undefined);
    const unique = new Map(sockets.map((socket) => [JSON.stringify(socket), socket]));
    return keys.map(() => [...unique.values()]);
  },
};

/** Address to the interface that has it. */
function interfacesOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => /^\d+: (\S{1,15})\s+inet6? ([^\s/]+)/.exec(line));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[2] ?? '', line[1] ?? '']])));
}

/** `tcp LISTEN 0 128 192.0.2.1%eth0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))`, ss(8). */
function ssSocket(line: string, interfaces: ReadonlyMap<string, string>): ListeningSocket | undefined {
  const [protocol, , , , local = ''] = line.trim().split(/\s+/);
  const [, where = '', port = ''] = /^(.*):(\d{1,5})$/.exec(local) ?? [];
  if ((protocol !== 'tcp' && protocol !== 'udp') || port === '') return undefined;
  const [address = '', device] = where.replaceAll(/[[\]]/g, '').split('%');
  if (device === 'lo' || /^(?:127\.|::ffff:127\.|::1$)/i.test(address)) return undefined;
  const program = /users:\(\("((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return { protocol, port: Number(port), program, interface: device ?? interfaces.get(address) };
}

/** `tcp:   0: 0100007F:0016 00000000:0000 0A …`, proc_net(5). 0A: listening, 07: without a peer. */
function procSocket(line: string): ListeningSocket | undefined {
  const [, protocol, address = '', port = '', state] =
    /^(tcp|udp)6?:\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line) ?? [];
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined;
  if (state !== (protocol === 'tcp' ? '0A' : '07') || LOOPBACK.test(address)) return undefined;
  return { protocol, port: Number.parseInt(port, 16), program: undefined, interface: undefined };
}

/** 127.0.0.0/8, the same in IPv6, and ::1, each as words of a little-endian machine. */
const LOOPBACK = /^(?:(?:0{16}FFFF0000)?[0-9A-F]{6}7F|0{24}01000000)$/;
