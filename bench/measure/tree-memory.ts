import { readdirSync, readFileSync } from 'node:fs';

const PAUSE_MS = 25;

/**
 * The memory of every process that has a mark in its environment, whoever its parent is by now, looked at every
 * {@link PAUSE_MS}. Counted as proportional set size (proc_pid_smaps_rollup(5)): pages that processes share count once.
 */
export class TreeMemory {
  readonly #mark: string;
  readonly #timer: NodeJS.Timeout;
  /** By process id: whether it has the mark. A process gets its environment before it is seen under its own id. */
  readonly #known = new Map<number, boolean>();
  #peakBytes = 0;

  constructor(mark: string) {
    this.#mark = mark;
    for (const id of processIds()) this.#known.set(id, false);
    this.#timer = setInterval(() => this.#look(), PAUSE_MS);
  }

  /** Ends the watch. Returns the peak in bytes. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#peakBytes;
  }

  #look(): void {
    let bytes = 0;
    for (const id of processIds()) if (this.#isOurs(id)) bytes += memoryOf(id);
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }

  #isOurs(id: number): boolean {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const isOurs = read(`/proc/${id}/environ`).includes(this.#mark);
    this.#known.set(id, isOurs);
    return isOurs;
  }
}

function memoryOf(id: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0) * 1024;
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty where the process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
