import {
  DefaultRenderer,
  Listr,
  ListrLogger,
  ProcessOutput,
  Spinner,
  type ListrDefaultRendererLogLevels,
} from 'listr2';
import type { LiveModel } from './live-model.js';
import { listText, type Screen } from './live-rows.js';
import type { Palette } from './palette.js';
import { widthOf, type Output } from './terminal.js';

/** What is drawn, in which colours, and where. */
export interface LiveListOptions {
  readonly model: LiveModel;
  readonly palette: Palette;
  readonly stdout: Output;
  readonly stderr: Output;
}

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
/** The line of the cursor, and one to see the prompt that started us. */
const SPARE_ROWS = 2;

/** listr2's renderer with rows of our own: it moves the cursor and keeps what others write out of the picture. */
function rendererOf(draw: () => string): typeof DefaultRenderer {
  return class HostRenderer extends DefaultRenderer {
    // Whether there is a terminal has been decided already, and not by looking at process.stdout.
    static override nonTTY = true;

    override create(): string {
      return draw();
    }
  };
}

/**
 * The rows of a model, drawn again and again from its making to its stop. The texts are made ten times a second,
 * however many events there are. Over the same model another list may be started later.
 */
export class LiveList {
  readonly #options: LiveListOptions;
  readonly #spinner = new Spinner();
  readonly #running: Promise<unknown>;
  #end = (): void => {};

  constructor(options: LiveListOptions) {
    this.#options = options;
    const whenEnded = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const { stdout, stderr } = options;
    const output = new ProcessOutput(stdout as NodeJS.WriteStream, stderr as NodeJS.WriteStream);
    const list = new Listr([{ title: 'hosts', task: () => whenEnded }], {
      // Ctrl-C belongs to the run, which ends its steps first; listr2 would exit on the spot.
      registerSignalListeners: false,
      renderer: rendererOf(() => listText(options.model, this.#screen())),
      rendererOptions: {
        clearOutput: true,
        spinner: this.#spinner,
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({ processOutput: output, useIcons: false }),
      },
      fallbackRendererCondition: false,
    });
    this.#running = list.run();
  }

  /** Ends the list. `isKept` leaves its rows on the screen, all of them, and an empty line; otherwise nothing of it stays. */
  async stop(isKept: boolean): Promise<void> {
    this.#end();
    await this.#running;
    if (!isKept) return;
    this.#options.stdout.write(
      `${listText(this.#options.model, { ...this.#screen(), lines: undefined })}\n\n`,
    );
  }

  #screen(): Screen {
    const { palette, stdout } = this.#options;
    return {
      palette,
      columns: widthOf(stdout) ?? DEFAULT_COLUMNS,
      lines: (stdout.rows ?? DEFAULT_ROWS) - SPARE_ROWS,
      frame: this.#spinner.fetch(),
    };
  }
}
