import * as Flags from '@oclif/core/flags';
import { EXIT } from '../core/exit-codes.js';
import type { HostConfig } from '../core/host-config.js';
import { hostKeysDocument, hostKeysText, type HostKeyView } from '../report/trust-view.js';
import type { HomelabTransport, ShownHostKey } from '../transport/homelab-transport.js';
import { askPerson, requireAnswer } from './shared/ask-person.js';
import { EachHostCommand } from './shared/each-host-command.js';
import { connectionFlags, projectFlags } from './shared/flags.js';
import { hostsArg } from './shared/host-args.js';
import type { OpenProject } from './shared/project-command.js';

interface Scanned {
  readonly keys: readonly ShownHostKey[];
  readonly known: readonly ShownHostKey[];
}

export default class Trust extends EachHostCommand {
  static override summary = 'Show and pin host keys, jump hosts first';
  static override description =
    'Compare the fingerprints with what the machine itself shows (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). ' +
    'They are pinned in inventory/known_hosts.';
  static override strict = false;
  static override args = hostsArg;
  static override flags = {
    ...projectFlags,
    ...connectionFlags,
    yes: Flags.boolean({ char: 'y', description: 'pin without asking' }),
  };

  protected override async execute(): Promise<number> {
    const { flags, argv } = await this.parse(Trust);
    const project = await this.openProject(flags);
    const views: HostKeyView[] = [];
    let exitCode: number = EXIT.done;
    // A jump host has to be trusted before what is behind it can be asked.
    for (const hosts of byDistance(withJumpHosts(project, this.chooseHosts(project, argv as string[])))) {
      const answers = await this.askEach(project, { flags, hosts }, scan);
      exitCode = Math.max(exitCode, this.tellFailures(answers));
      const scanned = answers.flatMap((answer) => ('error' in answer ? [] : [answer]));
      const shown = scanned.flatMap(({ host, value }) => viewsOf(host.name, value));
      views.push(...shown);
      if (!project.screen.isJson) this.print(hostKeysText(shown, project.screen.palette));
      if (shown.some((view) => view.status === 'changed')) exitCode = EXIT.failed;
      if (!(await mayPin(shown, flags.yes))) return EXIT.failed;
      for (const { host, value } of scanned) await this.#pin(project, flags, { host, value });
    }
    if (project.screen.isJson)
      this.printJson({ command: 'trust', version: 1, exitCode, ...hostKeysDocument(views) });
    return exitCode;
  }

  async #pin(
    project: OpenProject,
    flags: object,
    { host, value }: { host: HostConfig; value: Scanned },
  ): Promise<void> {
    if (viewsOf(host.name, value).some((view) => view.status !== 'new')) return;
    const transport = this.connect(project, { flags });
    try {
      await transport.pinHostKeys(host, value.keys);
    } finally {
      await transport.close();
    }
  }
}

async function scan(transport: HomelabTransport, host: HostConfig): Promise<Scanned> {
  return { keys: await transport.scanHostKeys(host), known: await transport.knownHostKeys(host) };
}

/**
 * A host that nothing is known of shows new keys. Of one that is known, the keys of the known types count; a host that
 * shows none of those has changed.
 */
function viewsOf(host: string, { keys, known }: Scanned): HostKeyView[] {
  if (known.length === 0)
    return keys.map(({ type, fingerprint }) => ({ host, type, fingerprint, status: 'new' }));
  const comparable = keys.filter((key) => known.some((one) => one.type === key.type));
  return (comparable.length > 0 ? comparable : keys).map(({ type, fingerprint }) => {
    if (known.some((one) => one.fingerprint === fingerprint))
      return { host, type, fingerprint, status: 'known' };
    const pinnedFingerprint = (known.find((one) => one.type === type) ?? known[0])?.fingerprint;
    return { host, type, fingerprint, status: 'changed', pinnedFingerprint };
  });
}

async function mayPin(views: readonly HostKeyView[], isYes: boolean): Promise<boolean> {
  const fresh = new Set(views.filter((view) => view.status === 'new').map((view) => view.host));
  if (fresh.size === 0 || isYes) return true;
  return requireAnswer(await askPerson(`Pin the new keys of ${[...fresh].join(', ')}?`), {
    what: ' whether to pin these keys',
    hint: 'Compare the fingerprints first, then give --yes.',
  });
}

function withJumpHosts({ inventory }: OpenProject, hosts: readonly HostConfig[]): HostConfig[] {
  const names = new Set(hosts.flatMap((host) => [...(host.via ?? []), host.name]));
  return [...inventory.hosts.values()].filter((host) => names.has(host.name) && host.transport !== 'local');
}

/** Hosts by the number of jumps to them, the nearest first. */
function byDistance(hosts: readonly HostConfig[]): HostConfig[][] {
  const distances = [...new Set(hosts.map((host) => host.via?.length ?? 0))].toSorted((a, b) => a - b);
  return distances.map((distance) => hosts.filter((host) => (host.via?.length ?? 0) === distance));
}
