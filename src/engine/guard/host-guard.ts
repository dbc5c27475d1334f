import type { HostConfig } from '../../core/host-config.js';
import type { Item } from '../../core/item.js';
import type { RemoteShell, Section, SectionResult } from '../../core/shell.js';
import type { Step } from '../../core/step.js';
import type { ReadableHost } from '../../core/task.js';
import type { Transport } from '../../core/transport.js';
import type { LoginAccount } from '../../probes/login-account.js';
import { sshPeers } from '../../probes/ssh-peers.js';
import { touchesOf } from '../touches.js';
import { areasAtRisk } from './areas.js';
import type { GuardArea, TrialLogin } from './guard-area.js';
import { refused } from './guard-failure.js';
import { GuardedChange } from './guarded-change.js';
import type { Look } from './look.js';
import type { OpenChanges } from './open-changes.js';
import type { StepResult } from './step-results.js';
import {
  isTrialWhole,
  lookScript,
  objections,
  parseLook,
  parseTrial,
  trialScript,
  type TrialAnswer,
} from './trial.js';

/** How a run guards what it changes. */
export interface GuardSettings {
  /** Seconds until an unproven change is undone; undefined: what is usual for what is changed. */
  readonly seconds?: number | undefined;
  /** The inventory's hosts: of those behind a jump host, one has to be reachable after a change as before. */
  readonly hosts: readonly HostConfig[];
  /** Is told of each change until it is proven or undone. */
  readonly open?: OpenChanges | undefined;
}

export interface HostGuardOptions {
  readonly host: HostConfig;
  readonly transport: Transport;
  readonly readable: ReadableHost;
  readonly login: LoginAccount;
  readonly run: string;
  readonly shell: () => RemoteShell;
  readonly settings: GuardSettings;
}

/** What is to be done under guard. */
export interface GuardedWork {
  readonly item: Item;
  readonly areas: readonly GuardArea[];
  readonly steps: readonly Step[];
  readonly sections: readonly Section[];
  /** Run first; `checkBefore` throws where one of them says that nothing may be done. */
  readonly before: readonly Section[];
  readonly checkBefore: (result: SectionResult | undefined) => void;
}

export interface GuardedOutcome {
  /** What each step that ran came to; where the last one failed, all is undone. */
  readonly results: readonly StepResult[];
  /** Whether the login at work was cut off by it. */
  readonly isShellLost: boolean;
}

/** What is known before a change is made. */
interface Tried extends Pick<TrialAnswer, 'rehearsed'> {
  readonly look: Look | undefined;
}

/** Hosts behind a jump host that are asked, until one answers. */
const MOST_WITNESSES = 3;

/** The guard of one host in one run: changes that may cut off the login go through it. */
export class HostGuard {
  readonly #options: HostGuardOptions;
  #changes = 0;
  #witness: Promise<HostConfig | undefined> | undefined;

  constructor(options: HostGuardOptions) {
    this.#options = options;
  }

  /** What of the login the change of `item` puts at risk; empty: it needs no guard. */
  areasAtRisk(item: Item): readonly GuardArea[] {
    const { login, readable } = this.#options;
    return areasAtRisk(item, { login, facts: readable.facts });
  }

  /**
   * Tries the change on a copy, rehearses its undo where that was never done, then makes it.
   * @throws HomelabError `guard/…`; `transport/…` before anything was changed
   */
  async make(work: GuardedWork): Promise<GuardedOutcome> {
    const { host, transport, login, run, shell, settings } = this.#options;
    this.#changes += 1;
    const { rehearsed, look } = await this.#tryOut(work);
    const seconds = settings.seconds ?? Math.max(...work.areas.map(({ timerSeconds }) => timerSeconds));
    const change = new GuardedChange({
      id: `${run}-${this.#changes}`,
      target: { host, transport, witness: await this.#findWitness() },
      shell: shell(),
      login,
      areas: work.areas,
      paths: namedBy(work.item, 'path:'),
      units: namedBy(work.item, 'unit:'),
      look,
      seconds,
    });
    if (work.areas.some(({ name }) => !rehearsed.includes(name))) await change.rehearse();
    const sinceMs = performance.now();
    const close = settings.open?.add({ host: host.name, what: wordsOf(work.areas), seconds, sinceMs });
    try {
      const results = await change.make(work.sections, work.before, work.checkBefore);
      return { results, isShellLost: change.isShellLost };
    } finally {
      close?.();
    }
  }

  /**
   * @returns the areas whose undo was rehearsed before, and how to look at what no trial could show, once it is made
   * @throws HomelabError `guard/refused`
   */
  async #tryOut({ areas, steps }: GuardedWork): Promise<Tried> {
    const { host, readable, login, shell } = this.#options;
    const peer = (await readable.read(sshPeers, '')) ?? undefined;
    const ports = [...(host.port === undefined ? [] : [host.port]), ...host.otherPorts];
    const who = { user: login.user, peer, ports };
    const [result] = await shell().run([{ script: trialScript(steps, areas, who) }]);
    const { rehearsed, groups, trial } = parseTrial(result);
    const asTried = { ...who, groups };
    const reasons = trial === undefined ? [] : objections(trial, areas, asTried);
    if (reasons.length > 0) throw refused({ host: host.name, what: wordsOf(areas) }, reasons);
    const isShown = trial !== undefined && isTrialWhole(steps);
    return { rehearsed, look: isShown ? undefined : lookOf(areas, asTried) };
  }

  /** A host that is reached through this one, now, so that it has to be afterwards. */
  #findWitness(): Promise<HostConfig | undefined> {
    this.#witness ??= this.#lookForWitness();
    return this.#witness;
  }

  async #lookForWitness(): Promise<HostConfig | undefined> {
    const { host, transport, settings } = this.#options;
    const behind = settings.hosts.filter(
      ({ via, optional }) => !optional && via?.includes(host.name) === true,
    );
    if (behind.length === 0) return undefined;
    const afresh = transport.afresh();
    try {
      for (const candidate of behind.slice(0, MOST_WITNESSES)) {
        // As the proof does it: one whose sudo wants a password that nobody was asked for bears no witness.
        const isReached = await afresh
          .open(candidate)
          .then((shell) => shell.run([{ script: 'true' }]))
          .then(
            () => true,
            () => false,
          );
        if (isReached) return candidate;
      }
      return undefined;
    } finally {
      await afresh.close();
    }
  }
}

/** What is changed. */
function wordsOf(areas: readonly GuardArea[]): string {
  return areas.map(({ what }) => what).join(', ');
}

/** How the areas that judge look at what is there; undefined: none of them does. */
function lookOf(areas: readonly GuardArea[], who: TrialLogin): Look | undefined {
  const judging = areas.filter(({ judge }) => judge !== undefined);
  if (judging.length === 0) return undefined;
  return {
    script: lookScript(judging, who),
    objections: ({ stdout }) => {
      const seen = parseLook(stdout.toString('utf8').split('\0'));
      return seen === undefined ? [] : objections(seen, judging, who);
    },
  };
}

/** What the item names of one sort. */
function namedBy(item: Item, sort: 'path:' | 'unit:'): string[] {
  const named = (touchesOf(item) ?? []).filter((thing) => thing.startsWith(sort));
  return named.map((thing) => thing.slice(sort.length));
}
