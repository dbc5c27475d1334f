import { HomelabError } from '../../core/errors.js';
import { quote, quoteAll } from '../../core/quote.js';
import type { ReachedHost } from '../../engine/reached-host.js';

export interface HookRequest {
  /** The host it is for. */
  readonly host: string;
  readonly run: string;
  readonly argv: readonly string[];
  /** Where it runs: another host, `controller`; undefined: the host itself. */
  readonly on: string | undefined;
  readonly reached: ReachedHost;
  readonly runElsewhere: (
    place: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => Promise<void>;
}

/** Runs a program of the owner for a host; it learns HOMELAB_HOST and HOMELAB_RUN. @throws HomelabError `rolling/hook` */
export async function runHook({ host, run, argv, on, reached, runElsewhere }: HookRequest): Promise<void> {
  const env = { HOMELAB_HOST: host, HOMELAB_RUN: run };
  if (on !== undefined && on !== host) return runElsewhere(on, argv, env);
  const [result] = await reached.shell.run([{ script: hookScript(argv, env) }]);
  if (result?.code !== 0) throw hookFailed(host, argv, result?.stderr.toString('utf8') ?? '');
}

/** Shell text that runs `argv` with `env`. */
export function hookScript(argv: readonly string[], env: Readonly<Record<string, string>>): string {
  const set = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  return `export ${set.join(' ')}\n${quoteAll(argv)}`;
}

/** A hook that did not end well. */
export function hookFailed(host: string, argv: readonly string[], said: string): HomelabError {
  const tail = said.trim().split('\n').slice(-5).join('\n');
  return new HomelabError({
    code: 'rolling/hook',
    host,
    message: `the hook ${argv[0] ?? ''} for ${host} failed${tail === '' ? '' : `\n${tail}`}`,
    hint: 'It is written in the inventory, as `snapshot` of the host.',
  });
}
