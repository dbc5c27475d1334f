import * as Flags from '@oclif/core/flags';
import { HomelabError } from '../../core/errors.js';
import { parseTimeWindow } from '../../core/time-window.js';
import type { EarlierUpgrade } from '../../rolling/journal/host-memory.js';
import { DEFAULT_REQUEST, type UpgradeRequest } from '../../rolling/journal/upgrade-entry.js';

const seconds = (description: string, most: number) =>
  Flags.integer({ description, min: 0, max: most, helpValue: 'SECONDS' });

/** What `upgrade` takes beside what every run takes. */
export const upgradeFlags = {
  rolling: Flags.boolean({ description: 'wave by wave; it is never done otherwise' }),
  only: Flags.string({ description: 'only what mends a security hole', options: ['security'] }),
  packages: Flags.string({ description: 'only these packages (a,b)', helpValue: 'NAMES' }),
  reboot: Flags.string({
    description: 'when to boot a host anew (default: needed)',
    options: ['never', 'needed', 'always'],
  }),
  window: Flags.string({
    description: 'begin no host outside of this time, e.g. "Sun 02:00-05:00"',
    helpValue: 'SPEC',
  }),
  'max-failures': Flags.integer({
    description: 'hosts that may fail before the run stops (default: 0)',
    min: 0,
    max: 1000,
    helpValue: 'N',
  }),
  'accept-outage': Flags.string({
    description: 'accept that this goes down: a group, a host, a service, or `controller`',
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
  }),
  soak: seconds('how long a host has to stay well before the next one (default: 5)', 86_400),
  'health-timeout': seconds('how long it may take until a host is well again (default: 180)', 86_400),
  'reboot-timeout': seconds('how long a host may take to come back (default: 600)', 86_400),
  rollback: Flags.boolean({ description: 'where a host fails, take back what changed there' }),
  resume: Flags.boolean({
    description: 'go on with the run that stopped or was cut off',
    exclusive: ['only', 'packages', 'abandon'],
  }),
  abandon: Flags.boolean({ description: 'forget the run that stopped; its hosts stay as they are' }),
  notify: Flags.boolean({ description: 'tell how it went, as `notify` of homelab.yml says' }),
  mermaid: Flags.string({ description: 'write the waves as a Mermaid diagram', helpValue: 'FILE' }),
  svg: Flags.string({ description: 'write the waves as an SVG image', helpValue: 'FILE' }),
};

/** The flags of {@link upgradeFlags} that say what is to be done, as oclif parsed them. */
export interface UpgradeFlagValues {
  readonly only?: string | undefined;
  readonly packages?: string | undefined;
  readonly reboot?: string | undefined;
  readonly window?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly 'max-failures'?: number | undefined;
  readonly 'accept-outage'?: readonly string[] | undefined;
  readonly soak?: number | undefined;
  readonly 'health-timeout'?: number | undefined;
  readonly 'reboot-timeout'?: number | undefined;
  readonly rollback?: boolean;
  readonly resume?: boolean;
  readonly abandon?: boolean;
  readonly mermaid?: string | undefined;
  readonly svg?: string | undefined;
  readonly notify?: boolean;
}

/** What the flags ask for; of a run that is resumed, what it was asked for, but for what they say anew. @throws HomelabError `usage/…` */
export function upgradeRequest(
  flags: UpgradeFlagValues,
  hosts: readonly string[],
  earlier: EarlierUpgrade | undefined,
): UpgradeRequest {
  const before = earlier?.request ?? DEFAULT_REQUEST;
  const packages = flags.packages?.split(',').filter((name) => name !== '');
  for (const name of packages ?? []) requirePackageName(name);
  if (flags.window !== undefined) parseTimeWindow(flags.window);
  return {
    hosts: earlier === undefined ? [...hosts] : before.hosts,
    only: flags.only === 'security' ? 'security' : before.only,
    packages: packages ?? before.packages,
    reboot: (flags.reboot as UpgradeRequest['reboot'] | undefined) ?? before.reboot,
    concurrency: flags.concurrency ?? before.concurrency,
    maxFailures: flags['max-failures'] ?? before.maxFailures,
    accepted: [...new Set([...before.accepted, ...(flags['accept-outage'] ?? [])])],
    window: flags.window ?? before.window,
    soakSeconds: flags.soak ?? before.soakSeconds,
    healthTimeoutSeconds: flags['health-timeout'] ?? before.healthTimeoutSeconds,
    rebootTimeoutSeconds: flags['reboot-timeout'] ?? before.rebootTimeoutSeconds,
    isRollback: flags.rollback === true || before.isRollback,
  };
}

function requirePackageName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9+._:~-]*$/.test(name)) return;
  throw new HomelabError({
    code: 'usage/package-name',
    message: `"${name.slice(0, 60)}" is no name of a package`,
    hint: 'Write names with commas between them: --packages openssl,libssl3',
  });
}
