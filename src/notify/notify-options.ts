/** What a test puts in the place of the world. */
export interface NotifyOptions {
  /** Default: node's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Waits between attempts. Default: real time. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined;
}
