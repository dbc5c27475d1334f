import * as Flags from '@oclif/core/flags';
import { EXIT } from '../core/exit-codes.js';
import { holderText } from '../engine/lock-failure.js';
import { findLock, freeLock, type FoundLock } from '../engine/unlock.js';
import { errorsDocument } from '../report/errors-text.js';
import { visibleLine } from '../report/sanitize.js';
import { askPerson, requireAnswer } from './shared/ask-person.js';
import { EachHostCommand, type HostAnswer } from './shared/each-host-command.js';
import { connectionFlags, projectFlags } from './shared/flags.js';
import { hostsArg } from './shared/host-args.js';

export default class Unlock extends EachHostCommand {
  static override summary = 'Free the lock that a run holds on a host';
  static override description =
    'A dead run’s lock is taken over by the next run by itself. This is for a run that cannot be seen to be dead. One ' +
    'that still lives applies nothing more once its lock is gone.';
  static override examples = ['<%= config.bin %> unlock dns1', '<%= config.bin %> unlock all --yes'];
  static override strict = false;
  static override args = hostsArg;
  static override flags = {
    ...projectFlags,
    ...connectionFlags,
    yes: Flags.boolean({ char: 'y', description: 'free it without asking, whether its owner lives or not' }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Unlock);
    const project = await this.openProject(flags);
    const hosts = this.chooseHosts(project, argv as string[]);
    const look = await this.askEach(project, { flags, hosts }, async (transport, host) =>
      findLock(await transport.open(host)),
    );
    const locks = new Map(
      look.flatMap((answer) =>
        'error' in answer || answer.value === undefined ? [] : [[answer.host, answer.value]],
      ),
    );
    const isWanted = flags.yes || (await isAgreed(locks));
    const freed = await this.askEach(
      project,
      { flags, hosts: isWanted ? [...locks.keys()] : [] },
      async (transport, host) => {
        await freeLock(await transport.open(host), host.name, locks.get(host) as FoundLock);
      },
    );
    const failedCode = Math.max(this.tellFailures(look), this.tellFailures(freed));
    const exitCode = isWanted ? failedCode : EXIT.failed;
    if (project.screen.isJson) this.printJson(unlockDocument(look, freed, exitCode));
    else for (const answer of look) this.#tell(answer, freed);
    return exitCode;
  }

  #tell(answer: HostAnswer<FoundLock | undefined>, freed: readonly HostAnswer<void>[]): void {
    if ('error' in answer) return;
    const done = freed.find(({ host }) => host === answer.host);
    if (done !== undefined && 'error' in done) return;
    const { value } = answer;
    const what = value === undefined ? 'was not locked' : lockText(value, done !== undefined);
    this.print(`${answer.host.name}  ${visibleLine(what)}\n`);
  }
}

function lockText(lock: FoundLock, isFreed: boolean): string {
  return `${isFreed ? 'freed' : 'still locked'}: ${holderText(lock)}`;
}

/** Nobody is asked about the dead. @throws HomelabError `usage/no-terminal`, `run/interrupted` */
async function isAgreed(locks: ReadonlyMap<{ name: string }, FoundLock>): Promise<boolean> {
  const alive = [...locks].filter(([, { isAlive }]) => isAlive);
  if (alive.length === 0) return true;
  const list = alive.map(([{ name }, lock]) => `${name} (${holderText(lock)})`).join(', ');
  const answer = await askPerson(`Take the lock from a run that still lives: ${list}?`);
  return requireAnswer(answer, {
    what: ` whether to take the lock from a run that still lives: ${list}`,
    hint: 'Give --yes where you are sure.',
  });
}

function unlockDocument(
  look: readonly HostAnswer<FoundLock | undefined>[],
  freed: readonly HostAnswer<void>[],
  exitCode: number,
): unknown {
  const hosts = look.map((answer) => {
    const done = freed.find(({ host }) => host === answer.host);
    const failed = 'error' in answer ? answer : done !== undefined && 'error' in done ? done : undefined;
    if (failed !== undefined) return { host: answer.host.name, ...errorsDocument(failed.error, exitCode) };
    const lock = 'error' in answer ? undefined : answer.value;
    return {
      host: answer.host.name,
      wasLocked: lock !== undefined,
      isFreed: done !== undefined,
      ...(lock === undefined
        ? {}
        : {
            run: lock.owner?.run ?? null,
            by: lock.owner?.by ?? null,
            ageSeconds: lock.ageSeconds,
            isAlive: lock.isAlive,
          }),
    };
  });
  return { command: 'unlock', version: 1, exitCode, hosts };
}
