import type { Report, ReportOptions } from './report.js';
import type { ReportFormat } from './terminal.js';

type Maker = (options: ReportOptions) => Promise<Report>;

const MAKERS: Readonly<Record<ReportFormat, () => Promise<Maker>>> = {
  live: async () => (await import('./live-report.js')).createLiveReport,
  plain: async () => (await import('./plain-report.js')).createPlainReport,
  json: async () => (await import('./json-report.js')).createJsonReport,
  'json-events': async () => (await import('./json-events-report.js')).createJsonEventsReport,
  quiet: async () => (await import('./quiet-report.js')).createQuietReport,
};

/** The report for `format`. Loads that one alone: a command that prints JSON pays for no live list. */
export async function createReport(
  options: ReportOptions & { readonly format: ReportFormat },
): Promise<Report> {
  const create = await MAKERS[options.format]();
  return create(options);
}
