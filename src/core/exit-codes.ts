/** What a script may rely on. With several hosts 1 wins over 2. */
export const EXIT = {
  done: 0,
  failed: 1,
  pending: 2,
  usage: 64,
  interrupted: 130,
} as const;
