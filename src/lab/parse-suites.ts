import { HomelabError } from '../core/errors.js';

/**
 * The releases that `--suite HOST=CODENAME` gives to single machines, by host; the last one of a host wins.
 * @throws HomelabError `usage/suite`
 */
export function parseSuites(flags: readonly string[]): Map<string, string> {
  return new Map(
    flags.map((flag) => {
      const [, host, suite] = /^([^=]+)=([a-z][a-z0-9-]{0,40})$/.exec(flag) ?? [];
      if (host !== undefined && suite !== undefined) return [host, suite] as const;
      throw new HomelabError({
        code: 'usage/suite',
        message: `--suite ${JSON.stringify(flag.slice(0, 80))} names no host and release`,
        hint: 'Write --suite nas=trixie.',
      });
    }),
  );
}
