import type { Reader } from '../core/reader.js';

/** The SSH connection that a shell came by, as its own end sees it. */
export interface SshPeer {
  /** Address of the other end: ours, or the last jump host's. */
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  /** The network interface that leads there; undefined where the host does not tell. */
  readonly interface: string | undefined;
}

/**
 * The connection that is at work; null where the shell came by none (the transport `local`). The key says nothing.
 * `sudo` drops SSH_CONNECTION (sshd(8)) from the environment, so it is looked for in that of the processes above.
 * Answer: the variable's value, then the route to the client, as lines.
 */
export const sshPeers: Reader<SshPeer | null> = {
  name: 'ssh-peers',
  script: () => `pid=$$ connection=
while [ -z "$connection" ] && [ "$pid" -gt 1 ]; do
  connection=$(tr '\\0' '\\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^SSH_CONNECTION=//p')
  parent=
  while read -r field value; do
    if [ "$field" = PPid: ]; then parent=$value; fi
  done <"/proc/$pid/status"
  pid=\${parent:-0}
done 2>/dev/null
printf '%s\\n' "$connection"
client=\${connection%% *}
client=\${client%%[%]*}
[ -z "$client" ] || ip -o route get "$client" 2>/dev/null
true`,
  parse: ({ stdout }, keys) => {
    const [connection = '', route = ''] = stdout.split('\n');
    const peer = parsePeer(connection, / dev (\S{1,15})/.exec(` ${route}`)?.[1]);
    return keys.map(() => peer);
  },
};

function parsePeer(connection: string, device: string | undefined): SshPeer | null {
  const [, client, clientPort, server, serverPort] =
    /^([0-9A-Fa-f:.]+)(?:%\S+)? (\d{1,5}) ([0-9A-Fa-f:.]+)(?:%\S+)? (\d{1,5})$/.exec(connection) ?? [];
  if (client === undefined || server === undefined) return null;
  return {
    clientAddress: plain(client),
    clientPort: Number(clientPort),
    serverAddress: plain(server),
    serverPort: Number(serverPort),
    interface: device,
  };
}

/** An IPv4 address that came by a socket of both families, as itself. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
