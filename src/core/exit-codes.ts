/** What a script may rely on. With several hosts 1 wins over 2. */
export const EXIT = {
  done: 0,
  failed: 1,
  pending: 2,
  usage: 64,
  interrupted: 130,
} as const;

/** The same for the reference. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done, or in sync',
  failed: 'something failed, was not reached or is wrong',
  pending: 'changes are pending (`plan`), or drift (`drift`)',
  usage: 'the command line is wrong',
  interrupted: 'interrupted',
};
