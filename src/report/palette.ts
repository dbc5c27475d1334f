/** The styles reports use. Each returns its text as it is where there is no colour. */
export interface Palette {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const asIs = (text: string): string => text;

/** No colour: for pipes, files, and `NO_COLOR`. */
export const PLAIN_PALETTE: Palette = {
  red: asIs,
  green: asIs,
  yellow: asIs,
  cyan: asIs,
  bold: asIs,
  dim: asIs,
};

/** The styles for an output. chalk is loaded only where there is colour: it costs start-up time. */
export async function createPalette(isColor: boolean): Promise<Palette> {
  if (!isColor) return PLAIN_PALETTE;
  const { Chalk } = await import('chalk');
  // The sixteen colours of the terminal's own theme: readable on light and dark backgrounds alike.
  const chalk = new Chalk({ level: 1 });
  return {
    red: (text) => chalk.red(text),
    green: (text) => chalk.green(text),
    yellow: (text) => chalk.yellow(text),
    cyan: (text) => chalk.cyan(text),
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
  };
}
