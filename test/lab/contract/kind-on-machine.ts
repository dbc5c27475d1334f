import { setTimeout as sleep } from 'node:timers/promises';
import type { ProjectContents, TestLab } from '../harness/shared-lab.js';
import { documentOf, hostOf, type TaskDocument } from '../harness/run-document.js';
import { leftoversOn } from '../harness/snapshot.js';
import { waitUntilNone } from '../harness/wait-until.js';
import { killSessions } from './kill-sessions.js';

/** What a run said of one item: its status and the fields it changes, sorted. */
export interface Outcome {
  readonly status: TaskDocument['status'];
  readonly fields: readonly string[];
  readonly error: string | null;
}

/** One item of the play. */
export interface NamedParams {
  readonly name: string;
  readonly params: unknown;
}

/** One kind of task on one machine of the lab. */
export class KindOnMachine {
  readonly #lab: TestLab;
  readonly #kind: string;
  readonly #host: string;
  readonly #files: ProjectContents;

  constructor(lab: TestLab, place: { kind: string; host: string; files: ProjectContents }) {
    this.#lab = lab;
    this.#kind = place.kind;
    this.#host = place.host;
    this.#files = place.files;
  }

  /** What a script prints, run as root on the machine itself. Throws where it fails. */
  shell(script: string): Promise<string> {
    return this.#lab.shell(this.#host, `set -eu\n${script}`);
  }

  /** Runs `plan` or `provision` over these items; what it said of each, by its name. */
  async run(
    command: 'plan' | 'provision',
    items: readonly NamedParams[],
  ): Promise<{ code: number; outcomes: Record<string, Outcome> }> {
    const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
    const result = await this.#lab.homelab([command, this.#host, ...flags], { cwd: this.#project(items) });
    const { tasks, error } = hostOf(documentOf(result), this.#host);
    if (tasks.length === 0) throw new Error(`${command} looked at nothing: ${JSON.stringify(error)}`);
    return {
      code: result.code,
      outcomes: Object.fromEntries(tasks.map((task) => [task.name, outcomeOf(task)])),
    };
  }

  /**
   * Provisions one item and kills the connection `delayMs` after it was begun. Returns when nothing of it runs on the
   * machine any more: the exit code, and how long the item took where it was not killed (`delayMs` undefined).
   */
  async provisionAndKill(
    params: unknown,
    delayMs: number | undefined,
  ): Promise<{ code: number; tookMs: number }> {
    const run = this.#lab.startHomelab(['provision', this.#host, '--yes', '--json-events'], {
      cwd: this.#project([{ name: 'interrupted', params }]),
    });
    await run.reaches('begins', () => run.stdout.includes('"task-started"'));
    const startedAt = performance.now();
    if (delayMs !== undefined) {
      await sleep(delayMs);
      killSessions(this.#lab, this.#host);
    } else {
      await run.reaches('finishes the item', () => run.stdout.includes('"task-finished"'));
    }
    const tookMs = performance.now() - startedAt;
    const code = await run.ended();
    await waitUntilNone('nothing of homelab is left', () => leftoversOn(this.#lab, this.#host));
    return { code, tookMs };
  }

  #project(items: readonly NamedParams[]): string {
    const tasks = items.map(({ name, params }) => ({ name, [this.#kind]: params }));
    return this.#lab.project({
      'inventory/hosts.yml': this.#lab.hostsFile(),
      'playbooks/site.yml': JSON.stringify([{ name: 'Contract', hosts: 'all', tasks }]),
      ...this.#files,
    });
  }
}

function outcomeOf({ status, changes, error }: TaskDocument): Outcome {
  const fields = changes.map(({ field }) => field).toSorted();
  return { status, fields, error: error?.message ?? null };
}
