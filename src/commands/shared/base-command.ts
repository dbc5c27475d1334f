import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from '@oclif/core/command';
import { toHomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import { didYouMean } from '../../core/nearest.js';
import { ageFormOf } from '../../core/sealed.js';
import { errorText, errorsDocument, type ReadLine } from '../../report/errors-text.js';
import { createPalette, type Palette } from '../../report/palette.js';
import { safeJson } from '../../report/sanitize.js';
import { decideDisplay, widthOf, type Display } from '../../report/terminal.js';

/** The flags every command has, as oclif parsed them. */
export interface DisplayFlagValues {
  readonly json?: boolean;
  readonly 'json-events'?: boolean;
  readonly plain?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly 'no-color'?: boolean;
}

/** What a command needs to show itself. */
export interface Screen {
  readonly display: Display;
  readonly palette: Palette;
  readonly isJson: boolean;
}

/**
 * A command: `execute` does the work and answers the exit code. Errors are told here, once, in the form that was asked
 * for.
 */
export abstract class HomelabCommand extends Command {
  /** What `execute` was called with; known to the error path as well. */
  #flags: DisplayFlagValues = {};
  /** Where files in errors are relative to; set once the project is found. */
  protected projectDir = '.';

  protected abstract execute(): Promise<number>;

  /** Remembers the flags that decide how things are shown, and prepares the screen. */
  protected async screen(flags: DisplayFlagValues): Promise<Screen> {
    this.#flags = flags;
    const display = this.#display();
    return { display, palette: await createPalette(display.isColor), isJson: flags.json === true };
  }

  /** Text on stdout, as it is. */
  protected print(text: string): void {
    process.stdout.write(text);
  }

  /** One JSON document on stdout. */
  protected printJson(document: unknown): void {
    process.stdout.write(`${safeJson(document, 2)}\n`);
  }

  override async run(): Promise<void> {
    try {
      process.exitCode = await this.execute();
    } catch (thrown) {
      // What oclif throws (a wrong flag, a missing argument) carries its own exit code and is shown by oclif.
      if (thrown instanceof Error && 'oclif' in thrown)
        throw withNearestFlag(thrown, Object.keys(this.ctor.flags));
      process.exitCode = await this.#tell(thrown);
    }
  }

  #display(): Display {
    const { json, 'json-events': jsonEvents, plain, quiet, debug, 'no-color': noColor } = this.#flags;
    const flags = { json, jsonEvents, plain, quiet, debug, noColor };
    return decideDisplay({ flags, env: process.env, stdout: process.stdout, stderr: process.stderr });
  }

  async #tell(thrown: unknown): Promise<number> {
    const code = exitCodeFor(toHomelabError(thrown).code);
    if (this.#flags.json === true) {
      this.printJson(errorsDocument(thrown, code));
      return code;
    }
    const palette = await createPalette(this.#display().isErrorColor);
    const isDebug = this.#flags.debug === true;
    const readLine = lineReader(this.projectDir);
    process.stderr.write(errorText(thrown, { palette, isDebug, readLine, width: widthOf(process.stderr) }));
    return code;
  }
}

/** The error of oclif about a flag that does not exist, with the nearest one that does. */
function withNearestFlag(error: Error, names: readonly string[]): Error {
  const [unknown] = 'flags' in error && Array.isArray(error.flags) ? (error.flags as unknown[]) : [];
  if (typeof unknown !== 'string') return error;
  const hint = didYouMean(
    unknown,
    names.map((name) => `--${name}`),
  );
  if (hint !== undefined) error.message = error.message.replace('\n', `\n${hint}\n`);
  return error;
}

function exitCodeFor(code: string): number {
  if (code === 'run/interrupted') return EXIT.interrupted;
  return code.startsWith('usage/') ? EXIT.usage : EXIT.failed;
}

/** Reads lines of the project's files, each file once, for errors that point at them. */
function lineReader(projectDir: string): ReadLine {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    const lines = files.get(file) ?? linesOf(projectDir, file);
    files.set(file, lines);
    return lines[line - 1];
  };
}

/** None where the file cannot be read or is encrypted. */
function linesOf(projectDir: string, file: string): readonly string[] {
  try {
    const bytes = readFileSync(resolve(projectDir, file));
    return ageFormOf(bytes) === undefined ? bytes.toString('utf8').split(/\r?\n/) : [];
  } catch {
    return [];
  }
}
