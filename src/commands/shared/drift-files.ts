import * as Flags from '@oclif/core/flags';
import { toHomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import { requireWritable, toUnwritable } from '../../core/require-writable.js';
import type { DriftResult } from '../../core/result.js';
import { writeWholeFile } from '../../core/write-whole-file.js';
import { readMarks } from '../../drift/marks/read-marks.js';
import { checkMetricsFile, writeMetrics } from '../../drift/metrics/write-metrics.js';
import { readHistory } from '../../drift/remember.js';
import type { Run } from '../../engine/run.js';
import { visible } from '../../report/sanitize.js';
import { keepHistory } from './keep-history.js';
import type { OpenProject } from './project-command.js';

/** Files that a drift check writes beside what it tells. */
export interface DriftFiles {
  readonly prometheus?: string | undefined;
  readonly html?: string | undefined;
}

export const driftFileFlags = {
  prometheus: Flags.string({
    description: "write metrics for node-exporter's textfile collector; FILE ends in .prom",
    helpValue: 'FILE',
  }),
  html: Flags.string({ description: 'write a page: fleet, diffs, history', helpValue: 'FILE' }),
};

/**
 * Makes sure, before anything is connected, that the files can be written.
 * @throws HomelabError `usage/not-prom`, `file/unwritable`
 */
export function checkDriftFiles({ prometheus, html }: DriftFiles): void {
  if (prometheus !== undefined) checkMetricsFile(prometheus);
  if (html !== undefined) requireWritable(html);
}

/**
 * Writes the files of a check, each whole or not at all, once the hosts were asked what is told beside their items. A file that
 * cannot be written after all is told on stderr. A check that was interrupted writes none.
 * @returns the result; its exit code is 1 where a file is missing
 */
export async function writeDriftFiles(
  files: DriftFiles,
  check: { readonly result: DriftResult; readonly project: OpenProject; readonly run: Run },
): Promise<DriftResult> {
  const { result, project, run } = check;
  const { prometheus, html } = files;
  const isWanted = prometheus !== undefined || html !== undefined;
  if (!isWanted || result.exitCode === EXIT.interrupted) return result;
  const marks = await run.read('whether it has to be booted anew, and its last backup,', (host, shell) =>
    readMarks(host, shell, new Date()),
  );
  const history = await keepHistory(project, result.run, readHistory);
  const full = { ...result, drift: { ...result.drift, marks, history } };
  const hosts = [...project.inventory.hosts.keys()];
  const metrics = await isWritten(prometheus, (file) => writeMetrics(file, full, hosts));
  const page = await isWritten(html, (file) => writePage(file, full));
  return metrics && page ? result : { ...result, exitCode: EXIT.failed };
}

async function writePage(file: string, result: DriftResult): Promise<void> {
  const { driftPage } = await import('../../report/drift-page.js');
  try {
    writeWholeFile(file, driftPage(result));
  } catch (thrown) {
    throw toUnwritable(file, thrown);
  }
}

/** False where it could not be; says so then. */
async function isWritten(file: string | undefined, write: (file: string) => Promise<void>): Promise<boolean> {
  if (file === undefined) return true;
  try {
    await write(file);
    return true;
  } catch (thrown) {
    const { message, hint = '' } = toHomelabError(thrown);
    process.stderr.write(`warning: ${visible(message)}\n${visible(hint)}\n`);
    return false;
  }
}
