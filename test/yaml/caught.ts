/** What `act` throws. @throws Error when it throws nothing */
export function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('Nothing was thrown');
}
