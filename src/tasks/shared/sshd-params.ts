import * as z from 'zod';
import { HomelabError } from '../../core/errors.js';
import { sshdConfigText, sshdLines, type SshdMatch, type SshdSettings } from '../../render/sshd-config.js';
import { sshdKeyword } from '../../render/sshd-keywords.js';

const wordSchema = z.union([z.string().max(65_536), z.int()]);
const valueSchema = z.union([wordSchema, z.boolean(), z.array(wordSchema)]);

type Complain = (path: readonly (string | number)[], message: string) => void;

/** Settings of sshd by keyword, each checked as the file format wants it. */
export const sshdSettingsSchema = z.record(z.string(), valueSchema).superRefine((settings, context) => {
  const complain: Complain = (path, message) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(settings)) {
    attempt(() => sshdLines(name, value), [name], complain);
    const meant = reportedName(name);
    if (seen.has(meant)) complain([name], 'is named twice, once by another spelling or an older name');
    seen.add(meant);
  }
});

/** Blocks for some connections. */
export const sshdMatchSchema = z
  .array(
    z.strictObject({
      criteria: z
        .record(z.string(), z.union([wordSchema, z.array(wordSchema)]))
        .describe('User, Group, Host, Address, LocalAddress, LocalPort, RDomain: to patterns'),
      settings: sshdSettingsSchema.describe('what holds for connections that meet all of them'),
    }),
  )
  .superRefine((blocks, context) => {
    const complain: Complain = (path, message) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    for (const [index, block] of blocks.entries())
      attempt(() => sshdConfigText({}, [block]), [index], complain);
  });

function attempt(run: () => unknown, path: readonly (string | number)[], complain: Complain): void {
  try {
    run();
  } catch (thrown) {
    if (!(thrown instanceof HomelabError)) throw thrown;
    const isNearKnown = thrown.code === 'render/unknown-keyword' && thrown.hint !== undefined;
    complain(path, isNearKnown ? `${thrown.message}. ${thrown.hint}` : thrown.message);
  }
}

/** What `sshd -T` calls a keyword, in lower case. */
export function reportedName(name: string): string {
  return (sshdKeyword(name)?.reportedAs ?? name).toLowerCase();
}

/** A drop-in's settings, as parameters say them. */
export interface SshdDropIn {
  readonly settings: SshdSettings;
  readonly match: readonly SshdMatch[];
}

/** The whole drop-in. */
export function dropInText({ settings, match }: SshdDropIn): string {
  return `# Kept by homelab: changes by hand are overwritten.\n${sshdConfigText(settings, match)}`;
}

/**
 * A connection that meets all criteria, as `sshd -T -C` takes it; undefined where none can be named: a group, or
 * patterns alone.
 */
export function sampleConnection({ criteria }: SshdMatch): string | undefined {
  const sample: Record<string, string> = {
    user: 'nobody',
    host: '192.0.2.1',
    addr: '192.0.2.1',
    laddr: '192.0.2.2',
    lport: '22',
  };
  for (const [name, value] of Object.entries(criteria)) {
    const key = SAMPLED[name.toLowerCase()];
    const words = (typeof value === 'object' ? value : [value]).flatMap((word) => String(word).split(','));
    const word = words.find((one) => !/[*?!]/.test(one));
    if (key === undefined || word === undefined || words.some((one) => one.startsWith('!'))) return undefined;
    sample[key] = word.replace(/\/\d+$/, '');
  }
  return Object.entries(sample)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

const SAMPLED: Readonly<Record<string, string>> = {
  user: 'user',
  host: 'host',
  address: 'addr',
  localaddress: 'laddr',
  localport: 'lport',
};
