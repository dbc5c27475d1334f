import type { HomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import type { HostConfig } from '../../core/host-config.js';
import { hostKeysText, type HostKeyView } from '../../report/trust-view.js';
import type { HomelabTransport, ShownHostKey } from '../../transport/homelab-transport.js';
import { askPerson, requireAnswer } from './ask-person.js';
import type { ConnectionFlagValues } from './connecting-command.js';
import { EachHostCommand } from './each-host-command.js';
import type { OpenProject } from './project-command.js';

interface Scanned {
  readonly keys: readonly ShownHostKey[];
  readonly known: readonly ShownHostKey[];
}

export interface TrustRequest {
  readonly flags: ConnectionFlagValues;
  /** Their jump hosts are looked at too. */
  readonly hosts: readonly HostConfig[];
  /** Pin without asking. */
  readonly isYes: boolean;
  /** A host that something is known of is not asked for its keys: whoever connects compares them. Default: false. */
  readonly isKnownPassed?: boolean;
  /** Another hint for a failure. */
  readonly explain?: (error: HomelabError) => HomelabError;
}

/** What came of looking at host keys. */
export interface Trusted {
  readonly views: readonly HostKeyView[];
  /** By the host's name: what could not be looked at. It is told already. */
  readonly failures: ReadonlyMap<string, HomelabError>;
  /** Hosts that show another key than is known. */
  readonly changed: ReadonlySet<string>;
  /** Somebody said no: nothing more was pinned. */
  readonly isDeclined: boolean;
}

/** A command that shows host keys and pins those that are new. */
export abstract class TrustingCommand extends EachHostCommand {
  /** Shows and pins keys, those of jump hosts first. @throws HomelabError `usage/no-terminal`, `run/interrupted`, `transport/…` */
  protected async trustHosts(project: OpenProject, request: TrustRequest): Promise<Trusted> {
    const { flags, isYes, isKnownPassed = false, explain = (error) => error } = request;
    const views: HostKeyView[] = [];
    const failures = new Map<string, HomelabError>();
    const result = (isDeclined: boolean): Trusted => {
      const changed = views.filter(({ status }) => status === 'changed').map(({ host }) => host);
      return { views, failures, changed: new Set(changed), isDeclined };
    };
    // A jump host has to be trusted before what is behind it can be asked.
    for (const hosts of byDistance(withJumpHosts(project, request.hosts))) {
      const found = await this.askEach(project, { flags, hosts }, (transport, host) =>
        scan(transport, host, isKnownPassed),
      );
      const answers = found.map((answer) =>
        'error' in answer ? { host: answer.host, error: explain(answer.error) } : answer,
      );
      this.tellFailures(answers);
      const scanned = answers.flatMap((answer) => ('error' in answer ? [] : [answer]));
      for (const answer of answers) if ('error' in answer) failures.set(answer.host.name, answer.error);
      const shown = scanned.flatMap(({ host, value }) => viewsOf(host.name, value));
      views.push(...shown);
      if (!project.screen.isJson) this.print(hostKeysText(shown, project.screen.palette));
      if (!(await mayPin(shown, isYes))) return result(true);
      for (const answer of scanned) await this.#pin(project, flags, answer);
    }
    return result(false);
  }

  /** @returns the exit code that this much deserves */
  protected trustExitCode({ failures, changed, isDeclined }: Trusted): number {
    return failures.size + changed.size > 0 || isDeclined ? EXIT.failed : EXIT.done;
  }

  async #pin(
    project: OpenProject,
    flags: ConnectionFlagValues,
    { host, value }: { host: HostConfig; value: Scanned },
  ): Promise<void> {
    const views = viewsOf(host.name, value);
    if (views.length === 0 || views.some((view) => view.status !== 'new')) return;
    const transport = this.connect(project, { flags });
    try {
      await transport.pinHostKeys(host, value.keys);
    } finally {
      await transport.close();
    }
  }
}

async function scan(transport: HomelabTransport, host: HostConfig, isKnownPassed: boolean): Promise<Scanned> {
  const known = await transport.knownHostKeys(host);
  if (isKnownPassed && known.length > 0) return { keys: [], known };
  return { keys: await transport.scanHostKeys(host), known };
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
