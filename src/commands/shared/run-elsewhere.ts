import { spawn } from 'node:child_process';
import { HomelabError } from '../../core/errors.js';
import type { Inventory } from '../../core/host-config.js';
import { didYouMean } from '../../core/nearest.js';
import type { Transport } from '../../core/transport.js';
import { hookFailed, hookScript } from '../../rolling/run/run-hook.js';

interface Elsewhere {
  /** A host of the inventory, or `controller`. */
  readonly place: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly inventory: Inventory;
  readonly transport: Transport;
}

/** Runs a hook's program on the controller or on another host. @throws HomelabError `rolling/hook`, `transport/…` */
export async function runElsewhere({ place, argv, env, inventory, transport }: Elsewhere): Promise<void> {
  const of = env['HOMELAB_HOST'] ?? place;
  if (place === 'controller') return runHere(of, argv, env);
  const host = inventory.hosts.get(place);
  if (host === undefined) {
    throw new HomelabError({
      code: 'rolling/hook',
      host: of,
      message: `the snapshot hook of ${of} is to run on "${place}", which the inventory does not have`,
      hint: didYouMean(place, inventory.hosts.keys()) ?? 'Name a host, or `controller`.',
    });
  }
  const shell = await transport.open(host);
  try {
    const [result] = await shell.run([{ script: hookScript(argv, env) }]);
    if (result?.code !== 0) throw hookFailed(of, argv, result?.stderr.toString('utf8') ?? '');
  } finally {
    await shell.close();
  }
}

async function runHere(
  of: string,
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      said += error.message;
      resolve(null);
    });
    child.on('close', resolve);
  });
  if (code !== 0) throw hookFailed(of, [program, ...args], said);
}
