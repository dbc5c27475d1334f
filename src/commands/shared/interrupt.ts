import { EXIT } from '../../core/exit-codes.js';
import { visibleLine } from '../../report/sanitize.js';

/**
 * Ctrl-C asks: the first one aborts the signal, so that what runs on a host may end; the second one leaves at once.
 * `onFirst` is told; what `lastWords` says then is written to stderr before it leaves. Call `dispose` when done.
 */
export function listenForInterrupt(
  onFirst: () => void,
  lastWords: () => readonly string[],
): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      // A line of its own, below a list that moves.
      for (const words of lastWords()) process.stderr.write(`\n${visibleLine(words)}\n`);
      process.exit(EXIT.interrupted);
    }
    controller.abort();
    onFirst();
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
