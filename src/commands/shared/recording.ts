import type { RunEvent } from '../../core/events.js';
import type { RunResult } from '../../core/result.js';
import { ownerOf } from '../../engine/run-owner.js';
import { RunRecord } from '../../history/run-record.js';
import { createDiffer } from '../../report/change-lines.js';
import { endDocument, eventDocument } from '../../report/json-events-report.js';
import { safeJson } from '../../report/sanitize.js';

/** Records what a run applies, from the moment it begins to. What it only reads is not recorded. */
export class Recording {
  readonly #folder: string;
  readonly #command: string;
  readonly #run: string;
  readonly #differ = createDiffer();
  #record: RunRecord | undefined;

  constructor(folder: string, command: string, run: string) {
    this.#folder = folder;
    this.#command = command;
    this.#run = run;
  }

  /** @throws HomelabError `history/unwritable` */
  begin(hosts: readonly string[]): void {
    this.#record = new RunRecord(this.#folder, { command: this.#command, owner: ownerOf(this.#run), hosts });
  }

  add(event: RunEvent): void {
    if (isWorthKeeping(event)) this.#record?.add(safeJson(eventDocument(event, this.#differ)));
  }

  end(result: RunResult): void {
    this.#record?.add(safeJson(endDocument(result)));
    this.#record?.close();
    this.#record = undefined;
  }
}

function isWorthKeeping(event: RunEvent): boolean {
  if (event.type === 'task-finished') return ['changed', 'failed'].includes(event.result.status);
  return event.type === 'host-finished' || event.type === 'interrupted';
}
