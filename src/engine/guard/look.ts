import type { SectionResult } from '../../core/shell.js';

/**
 * How to look at what a change has made, before it is proven: what nothing has read yet, e.g. a file of sshd without its
 * reload, a login does not prove.
 */
export interface Look {
  readonly script: string;
  /** What speaks against it. */
  readonly objections: (result: SectionResult) => readonly string[];
}
