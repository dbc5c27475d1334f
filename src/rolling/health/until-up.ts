import { HomelabError, InternalError } from '../../core/errors.js';
import { interrupted } from '../interrupted.js';
import type { CurrentStates } from './current-states.js';
import type { WatchClock } from './watch-clock.js';

/** One success may be luck. */
const ENOUGH_SUCCESSES = 2;

export interface UntilUpOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves once everything of `names` was up twice in a row, by questions asked from now on.
 * @throws HomelabError `rolling/unhealthy` with what was seen last, when the time is over, `rolling/interrupted`
 */
export function untilUp(
  states: CurrentStates,
  clock: WatchClock,
  names: readonly string[],
  { timeoutMs, signal }: UntilUpOptions,
): Promise<void> {
  const unknown = names.find((name) => !states.has(name));
  if (unknown !== undefined) return Promise.reject(new InternalError(`Nobody watches ${unknown}`));
  const sinceMs = clock.nowMs();
  const streaks = new Map(names.map((name) => [name, 0]));
  const missing = (): string[] =>
    [...streaks].filter(([, streak]) => streak < ENOUGH_SUCCESSES).map(([name]) => name);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(interrupted(signal.reason));
    if (names.length === 0) return resolve();
    const ends: (() => void)[] = [];
    const settle = (act: () => void): void => {
      for (const end of ends) end();
      act();
    };
    const abort = (): void => settle(() => reject(interrupted(signal.reason)));
    signal.addEventListener('abort', abort, { once: true });
    ends.push(
      () => signal.removeEventListener('abort', abort),
      clock.after(timeoutMs, () => settle(() => reject(unhealthy(states, missing(), timeoutMs)))),
      states.listen((name, state, atMs) => {
        const streak = streaks.get(name);
        if (streak === undefined || atMs < sinceMs) return;
        streaks.set(name, state === 'up' ? streak + 1 : 0);
        if (missing().length === 0) settle(resolve);
      }),
    );
  });
}

function unhealthy(states: CurrentStates, names: readonly string[], timeoutMs: number): HomelabError {
  const seen = states
    .now()
    .filter(({ name }) => names.includes(name))
    .map(({ name, state, said }) => `${name}: ${said ?? (state === 'up' ? 'up, but not for long' : state)}`);
  return new HomelabError({
    code: 'rolling/unhealthy',
    message: `not up after ${Math.round(timeoutMs / 1000)} s:\n${seen.join('\n')}`,
    hint: 'Look at these services, mend them, and go on with `homelab upgrade --resume`.',
  });
}
