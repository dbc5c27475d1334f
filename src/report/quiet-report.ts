import { summaryLine } from './counts.js';
import { failuresText } from './failure-text.js';
import { createPalette } from './palette.js';
import type { Report, ReportOptions } from './report.js';
import { wholePlanText } from './upgrade-text.js';

/**
 * What failed, on stderr, and the last line. A plan that is asked about is shown all the same: nobody should agree to
 * what they have not seen.
 */
export async function createQuietReport(options: ReportOptions): Promise<Report> {
  const palette = await createPalette(options.isColor);
  let plan = '';
  return {
    sink: () => {},
    showPlan: async (whole) => {
      plan = wholePlanText(whole, { palette, width: options.width });
    },
    pauseFor: async (ask) => {
      options.stderr.write(plan);
      plan = '';
      return ask();
    },
    finish: async (result) => {
      options.stderr.write(failuresText(result.hosts, palette));
      options.stdout.write(`${summaryLine(result.hosts)}\n`);
    },
    close: async () => {},
  };
}
