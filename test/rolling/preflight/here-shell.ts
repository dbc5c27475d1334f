import type { RemoteShell, Section, SectionResult } from '../../../src/core/shell.js';
import { runScript, type HostShell } from '../../probes/shells.js';

/** A shell on this computer, with the programs that `shell` has. */
export class HereShell implements RemoteShell {
  readonly roundTrips = 0;
  readonly scripts: string[] = [];
  readonly #shell: HostShell;

  constructor(shell: HostShell) {
    this.#shell = shell;
  }

  read(): Promise<never> {
    return Promise.reject(new Error('not scripted'));
  }

  async run(sections: readonly Section[]): Promise<SectionResult[]> {
    return sections.map(({ script }) => {
      this.scripts.push(script);
      const { code, stdout, stderr } = runScript(this.#shell, script);
      return { code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr), truncated: false };
    });
  }

  async close(): Promise<void> {}
}
