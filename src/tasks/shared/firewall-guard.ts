import { HomelabError } from '../../core/errors.js';
import type { ReadableHost } from '../../core/task.js';
import { nftCandidates } from '../../probes/nft-candidates.js';
import { sshPeers, type SshPeer } from '../../probes/ssh-peers.js';
import type { Packet } from './nft-match.js';
import { parseNftJson, type NftRuleset } from './nft-ruleset.js';
import { whatStops } from './nft-verdict.js';

/**
 * Refuses rules that would keep the connection at work from being made again. nft reads them in a network of its own on
 * the host; what it understood is followed for a packet of this connection, through every chain on its way.
 * A shell that came by no SSH (the transport `local`) has no connection to lose.
 * @throws HomelabError `task/would-lock-out`, `task/refused-rules` where nft does not take them, `task/cannot-check`
 */
export async function refuseLockOut(host: ReadableHost, text: string): Promise<void> {
  const [peer, candidate] = await Promise.all([host.read(sshPeers, ''), host.read(nftCandidates, text)]);
  if (!candidate.canTry) throw cannotCheck('the host has no program `unshare`', 'Install util-linux there.');
  if (candidate.json === undefined) {
    throw new HomelabError({
      code: 'task/refused-rules',
      message: `nft does not take these rules: ${candidate.complaint}`,
      hint: /\b[io]if\b/.test(text)
        ? 'They are tried where no network interface but `lo` is: write `iifname` for `iif`, `oifname` for `oif`.'
        : undefined,
    });
  }
  const ruleset = parseNftJson(candidate.json);
  if (ruleset === undefined)
    throw cannotCheck('what its `nft -j list ruleset` says cannot be read', undefined);
  if (peer !== null) refuseFor(peer, ruleset);
}

function refuseFor(peer: SshPeer, ruleset: NftRuleset): void {
  for (const packet of packetsOf(peer)) {
    const reason = whatStops(ruleset, packet);
    if (reason !== undefined) throw wouldLockOut(peer, packet, reason);
  }
}

function wouldLockOut(peer: SshPeer, { direction }: Packet, reason: string): HomelabError {
  const { clientAddress, serverPort } = peer;
  const device = peer.interface === undefined ? '' : ` by ${peer.interface}`;
  const way =
    direction === 'in'
      ? `comes from ${clientAddress}${device} to port ${serverPort}`
      : `goes from port ${serverPort}${device} to ${clientAddress}`;
  return new HomelabError({
    code: 'task/would-lock-out',
    message: `these rules could cut homelab off: what ${way} is stopped by ${reason}`,
    hint:
      direction === 'in'
        ? `Let it in before that: { allow: tcp/${serverPort}, from: ${clientAddress} }, or in a ruleset: tcp dport ${serverPort} accept`
        : 'Let answers out before that: ct state established accept',
  });
}

/** What has to pass: the connection made anew, what is under way, and its answers. */
function packetsOf(peer: SshPeer): Packet[] {
  const family = peer.clientAddress.includes(':') ? 6 : 4;
  const client = { address: peer.clientAddress, port: peer.clientPort };
  const server = { address: peer.serverAddress, port: peer.serverPort };
  const packet = (from: typeof client, to: typeof client): Omit<Packet, 'direction' | 'state'> => ({
    family,
    source: from.address,
    sourcePort: from.port,
    target: to.address,
    targetPort: to.port,
    interface: peer.interface,
  });
  return [
    { ...packet(client, server), direction: 'in', state: 'new' },
    { ...packet(client, server), direction: 'in', state: 'established' },
    { ...packet(server, client), direction: 'out', state: 'established' },
  ];
}

function cannotCheck(why: string, hint: string | undefined): HomelabError {
  return new HomelabError({
    code: 'task/cannot-check',
    message: `whether these rules would cut off this connection cannot be found out: ${why}`,
    hint,
  });
}
