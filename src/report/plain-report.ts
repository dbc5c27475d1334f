import { outcome } from './outcome.js';
import { createPalette } from './palette.js';
import { createPlainProgress } from './plain-progress.js';
import { wholePlanText } from './upgrade-text.js';
import { isReadOnly, type Report, type ReportOptions } from './report.js';

/** Lines, one after the other, no cursor movement: for pipes, files, and terminals that cannot do more. */
export async function createPlainReport(options: ReportOptions): Promise<Report> {
  const palette = await createPalette(options.isColor);
  const style = { palette, width: options.width };
  let hasProgress = false;
  const write = (text: string): void => void options.stdout.write(text);
  const progress = createPlainProgress({
    palette,
    write: (line) => {
      hasProgress = true;
      write(line);
    },
    showsPlanned: false,
  });
  return {
    sink: (event) => {
      // A read-only run ends with every host's lines; saying a host is finished before would say it twice.
      if (event.type === 'host-finished' && isReadOnly(options.command)) return;
      progress(event);
    },
    showPlan: async (plan) => write(`${wholePlanText(plan, style)}\n`),
    pauseFor: (ask) => ask(),
    finish: async (result) => write(`${hasProgress ? '\n' : ''}${outcome(result, style)}`),
    close: async () => {},
  };
}
