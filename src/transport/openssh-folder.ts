import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A socket's path has 104 bytes at least (sun_path; unix(7)), of which ssh takes 17 while it makes one. */
const LONGEST_PATH = 60;
const END_WAIT_MS = 2000;

/**
 * Reads `start PID` and `end PID`. When whoever writes them is gone, however it went, ends the process groups that are
 * left and removes the folder.
 */
const JANITOR = `trap '' HUP INT QUIT TERM
live=' '
while read -r word pid; do
  case $word in
  start) live="$live$pid " ;;
  end) live="\${live%% $pid *} \${live#* $pid }" ;;
  esac
done
for pid in $live; do kill -s TERM -- "-$pid" 2>/dev/null; done
rm -rf -- "$1"
`;

/**
 * A folder of one run that only this account can enter, for control sockets. A small shell watches over it, so that a
 * killed run leaves neither the folder nor a connection behind.
 */
export class PrivateFolder {
  readonly path: string;
  readonly #janitor: ChildProcess;
  readonly #gone: Promise<unknown>;
  #count = 0;

  private constructor(path: string) {
    this.path = path;
    const stdio = ['pipe', 'ignore', 'ignore'] as const;
    // In a group of its own: Ctrl-C is for this program, which decides what it means.
    this.#janitor = spawn('/bin/sh', ['-c', JANITOR, 'homelab', path], { stdio: [...stdio], detached: true });
    this.#janitor.stdin?.on('error', () => undefined);
    this.#gone = new Promise((resolve) => {
      this.#janitor.once('exit', resolve).once('error', resolve);
    });
    this.#janitor.unref();
  }

  /** @throws HomelabError `transport/no-private-folder` */
  static async make(env: Environment): Promise<PrivateFolder> {
    let cause: unknown;
    for (const parent of [env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp']) {
      if (parent === undefined || !isPlain(parent)) continue;
      try {
        return new PrivateFolder(await mkdtemp(join(parent, 'hl-')));
      } catch (thrown) {
        cause = thrown;
      }
    }
    throw new HomelabError({
      code: 'transport/no-private-folder',
      message: 'There is no folder for the control sockets of ssh',
      hint: 'Make $XDG_RUNTIME_DIR or /tmp writable for this account.',
      cause,
    });
  }

  /** A path in the folder that was not given out before. */
  file(prefix: string): string {
    this.#count += 1;
    return join(this.path, `${prefix}${this.#count}`);
  }

  /** The process group `pid` has to end with this program. */
  watch(pid: number): void {
    this.#tell('start', pid);
  }

  /** The process group `pid` has ended: its number may soon be another's. */
  unwatch(pid: number): void {
    this.#tell('end', pid);
  }

  /** Removes it, with whatever still runs in it. Never throws. */
  async remove(): Promise<void> {
    this.#janitor.ref();
    this.#janitor.stdin?.end();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.#gone, new Promise((resolve) => (timer = setTimeout(resolve, END_WAIT_MS)))]);
    clearTimeout(timer);
    this.#janitor.unref();
  }

  #tell(word: 'start' | 'end', pid: number): void {
    if (this.#janitor.stdin?.writable === true) this.#janitor.stdin.write(`${word} ${pid}\n`);
  }
}

/** Nothing in it means anything to ssh: no `%`, `~`, `$`, no space. */
function isPlain(path: string): boolean {
  return /^\/[A-Za-z0-9_./-]*$/.test(path) && path.length <= LONGEST_PATH;
}
