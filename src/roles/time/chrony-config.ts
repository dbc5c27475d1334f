import type { TimeParams } from './time-params.js';

/** What the role has to say to chronyd, chrony.conf(5). */
export function chronyConfig(wanted: TimeParams, usualPool: string): string {
  const { servers = [], nts, allow, local_stratum: stratum } = wanted;
  const pools = wanted.pools ?? (servers.length === 0 ? [usualPool] : []);
  // A burst at the start: the clock is right after seconds, not after minutes.
  const options = nts ? 'iburst nts' : 'iburst';
  const lines = [
    ...servers.map((server) => `server ${server} ${options}`),
    ...pools.map((pool) => `pool ${pool} ${options}`),
    ...allow.map((network) => `allow ${network}`),
    ...(stratum === undefined ? [] : [`local stratum ${stratum}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
