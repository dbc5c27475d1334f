/** Why one could not be told. */
export interface NotDelivered {
  /** Without addresses, tokens or other words that hold one. */
  readonly said: string;
  /** Whether it may go better in a moment. */
  readonly isPassing: boolean;
}

/** Pauses before the second attempt, and before the third, milliseconds. */
const PAUSES_MS = [1000, 5000];

/**
 * Tries until it works, three times at most.
 * @returns undefined once it worked, else why the last attempt did not
 */
export async function attempt(
  act: () => Promise<NotDelivered | undefined>,
  pause: (ms: number) => Promise<void>,
): Promise<string | undefined> {
  for (const ms of PAUSES_MS) {
    const failure = await act();
    if (failure?.isPassing !== true) return failure?.said;
    await pause(ms);
  }
  return (await act())?.said;
}
