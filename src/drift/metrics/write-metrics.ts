import { HomelabError } from '../../core/errors.js';
import { requireWritable, toUnwritable } from '../../core/require-writable.js';
import type { DriftResult } from '../../core/result.js';
import { writeWholeFile } from '../../core/write-whole-file.js';
import { metricsText } from './metrics-text.js';
import { samplesOf } from './samples.js';

/** The collector runs as another account. */
const MODE = 0o644;

/**
 * Makes sure that {@link writeMetrics} can write `file`, before the check begins.
 * @throws HomelabError `usage/not-prom` where node-exporter would never read it, `file/unwritable`
 */
export function checkMetricsFile(file: string): void {
  if (!file.endsWith('.prom'))
    throw new HomelabError({
      code: 'usage/not-prom',
      message: `node-exporter reads no file with the name of ${file}`,
      hint: 'Give a name that ends in .prom, in the folder of its textfile collector; Debian has /var/lib/prometheus/node-exporter.',
    });
  requireWritable(file);
}

/**
 * Writes what a check has found for node-exporter's textfile collector, whole or not at all, readable for everybody. `hosts`: all of
 * the inventory by name; of those that the check did not look at the last known values are written, as far as the history has them.
 * @throws HomelabError `file/unwritable`; the file that was there is then as it was
 */
export async function writeMetrics(
  file: string,
  result: DriftResult,
  hosts: readonly string[],
): Promise<void> {
  const text = await metricsText(samplesOf(result, hosts));
  try {
    // Its temporary name does not end in .prom, so that nobody reads half of it.
    writeWholeFile(file, text, MODE);
  } catch (thrown) {
    throw toUnwritable(file, thrown);
  }
}
