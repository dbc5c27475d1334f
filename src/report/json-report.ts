import { runDocument } from './json-document.js';
import { createPalette, PLAIN_PALETTE } from './palette.js';
import { createPlainProgress } from './plain-progress.js';
import type { Report, ReportOptions } from './report.js';
import { safeJson } from './sanitize.js';
import { widthOf } from './terminal.js';
import { wholePlanText } from './upgrade-text.js';

const INDENT = 2;

/** One document on stdout when the run has ended and nothing else there; progress as plain lines on stderr. */
export async function createJsonReport(options: ReportOptions): Promise<Report> {
  const write = (text: string): void => void options.stderr.write(text);
  let plan = '';
  return {
    sink: createPlainProgress({ palette: PLAIN_PALETTE, write, showsPlanned: true }),
    showPlan: async (whole) => {
      const palette = await createPalette(options.isColor && options.stderr.isTTY === true);
      plan = wholePlanText(whole, { palette, width: widthOf(options.stderr) });
    },
    pauseFor: async (ask) => {
      write(plan);
      plan = '';
      return ask();
    },
    finish: async (result) => void options.stdout.write(`${safeJson(runDocument(result), INDENT)}\n`),
    close: async () => {},
  };
}
