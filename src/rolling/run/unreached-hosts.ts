import pLimit from 'p-limit';
import type { HostConfig } from '../../core/host-config.js';
import type { Transport } from '../../core/transport.js';

/** Hosts that are asked at the same time. */
const AT_ONCE = 20;
const ANSWER_TIMEOUT_MS = 10_000;

/** The names of those of `hosts` that do not answer, or let nobody in. Only looks. */
export async function unreachedHosts(
  hosts: readonly HostConfig[],
  transport: Pick<Transport, 'open'>,
): Promise<readonly string[]> {
  const limit = pLimit(AT_ONCE);
  const found = hosts.map((host) =>
    limit(async () => {
      try {
        const shell = await transport.open(host);
        await shell.run([{ script: 'true' }], { timeoutMs: ANSWER_TIMEOUT_MS });
        await shell.close();
        return [];
      } catch {
        return [host.name];
      }
    }),
  );
  return (await Promise.all(found)).flat();
}
