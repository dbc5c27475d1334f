import pLimit from 'p-limit';
import { toHomelabError, type HomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import type { HostConfig } from '../../core/host-config.js';
import { errorText } from '../../report/errors-text.js';
import type { HomelabTransport } from '../../transport/homelab-transport.js';
import { ConnectingCommand, type ConnectionFlagValues } from './connecting-command.js';
import type { OpenProject } from './project-command.js';

/** What became of one host: an answer, or why there is none. */
export type HostAnswer<T> =
  | { readonly host: HostConfig; readonly value: T }
  | { readonly host: HostConfig; readonly error: HomelabError };

/** A command that asks something of each host by itself. */
export abstract class EachHostCommand extends ConnectingCommand {
  /** Asks all hosts, some at a time; answers come in the inventory's order. A host that fails does not stop the others. */
  protected async askEach<T>(
    project: OpenProject,
    request: { flags: ConnectionFlagValues; hosts: readonly HostConfig[] },
    ask: (transport: HomelabTransport, host: HostConfig) => Promise<T>,
  ): Promise<HostAnswer<T>[]> {
    const transport = this.connect(project, { flags: request.flags });
    const limit = pLimit(this.concurrency(project, request.flags));
    const answer = async (host: HostConfig): Promise<HostAnswer<T>> => {
      try {
        return { host, value: await ask(transport, host) };
      } catch (thrown) {
        return { host, error: toHomelabError(thrown) };
      }
    };
    try {
      return await Promise.all(request.hosts.map((host) => limit(() => answer(host))));
    } finally {
      await transport.close();
    }
  }

  /** Tells the failures on stderr; answers the exit code. */
  protected tellFailures(answers: readonly HostAnswer<unknown>[]): number {
    const failed = answers.flatMap((answer) => ('error' in answer ? [answer] : []));
    for (const { host, error } of failed) {
      const isNamed = error.source !== undefined || error.host !== undefined;
      process.stderr.write(`${isNamed ? '' : `${host.name}: `}${errorText(error)}`);
    }
    return failed.length === 0 ? EXIT.done : EXIT.failed;
  }
}
