import pLimit from 'p-limit';
import { adoptHost, type Adoption } from '../../adopt/adopt-host.js';
import { keysToInstall, type CandidateKey } from '../../adopt/install-keys.js';
import type { HostConfig } from '../../core/host-config.js';
import { addHosts } from '../../inventory/add-hosts.js';
import { checkUnchanged, meantHosts, type NewHost } from '../../inventory/new-hosts.js';
import { LOGIN_PASSWORD_VARIABLE } from '../../transport/password-login.js';
import { RunPassword } from '../../transport/run-password.js';
import { passwordQuestion, wishOf, type AdoptFlagValues } from './adopt-flags.js';
import { askHidden } from './ask-person.js';
import type { ConnectionFlagValues } from './connecting-command.js';
import type { HostAnswer } from './each-host-command.js';
import type { OpenProject, ProjectFlagValues } from './project-command.js';
import { TrustingCommand } from './trusting-command.js';

/** What is asked of each host. */
export interface AdoptRequest {
  readonly flags: ConnectionFlagValues & { readonly 'ask-pass': boolean };
  readonly hosts: readonly HostConfig[];
  /** The keys of `--key`. */
  readonly named: readonly CandidateKey[] | undefined;
}

/** Whom the command line means. */
export interface MeantHostsOfProject {
  /** With the new hosts in its inventory. */
  readonly project: OpenProject;
  readonly hosts: readonly HostConfig[];
  readonly fresh: readonly NewHost[];
}

/** A command that comes to hosts for the first time, some of them in no inventory yet. */
export abstract class AdoptingCommand extends TrustingCommand {
  /** Hosts of the inventory, and what it would be with the new ones. @throws HomelabError `usage/…`, `inventory/…` */
  protected async meant(
    opened: OpenProject,
    {
      flags,
      words,
    }: { readonly flags: ProjectFlagValues & AdoptFlagValues; readonly words: readonly string[] },
  ): Promise<MeantHostsOfProject> {
    const wish = wishOf(words, flags);
    const { patterns, fresh } = meantHosts(opened.inventory, wish);
    const known = patterns.length === 0 ? [] : this.chooseHosts(opened, patterns);
    checkUnchanged(known, wish.said);
    if (fresh.length === 0) return { project: opened, hosts: known, fresh };
    const { inventory } = await addHosts(this.inventoryOptions(opened, flags), fresh);
    const added = fresh.flatMap(({ name }) => inventory.hosts.get(name) ?? []);
    return { project: { ...opened, inventory }, hosts: [...known, ...added], fresh };
  }

  /** Adopts each, one question at a time. @throws HomelabError `run/interrupted` */
  protected async adoptEach(
    project: OpenProject,
    request: AdoptRequest,
  ): Promise<readonly HostAnswer<Adoption>[]> {
    const { flags, hosts, named } = request;
    const oneAtATime = pLimit(1);
    this.pauseFor = (ask) => oneAtATime(ask);
    const password = new RunPassword({
      env: process.env,
      variable: LOGIN_PASSWORD_VARIABLE,
      question: passwordQuestion(hosts),
      askSecret: (question) => this.pauseFor(() => askHidden(question)),
    });
    const answers = await this.askEach(project, { flags, hosts }, (transport, host) =>
      adoptHost(host, {
        transport,
        openByPassword: flags['ask-pass'] ? (one) => transport.openByPassword(one, password) : undefined,
        keys: async (one) => keysToInstall(one.name, named ?? (await transport.operatorKeys(one))),
        areKeysNamed: named !== undefined,
      }),
    );
    for (const answer of answers)
      if ('error' in answer && answer.error.code === 'run/interrupted') throw answer.error;
    return answers;
  }
}
