import * as Flags from '@oclif/core/flags';

/** How a command shows itself. Every command has these. */
export const displayFlags = {
  json: Flags.boolean({
    description: 'one JSON document on stdout, nothing else there',
    helpGroup: 'OUTPUT',
  }),
  'json-events': Flags.boolean({
    description: 'one event a line on stdout',
    helpGroup: 'OUTPUT',
    exclusive: ['json'],
  }),
  plain: Flags.boolean({ description: 'plain lines, no live list', helpGroup: 'OUTPUT' }),
  quiet: Flags.boolean({ description: 'only errors and the last line', helpGroup: 'OUTPUT' }),
  debug: Flags.boolean({ description: 'stack traces and what goes on inside', helpGroup: 'OUTPUT' }),
  'no-color': Flags.boolean({ description: 'no colour (NO_COLOR does the same)', helpGroup: 'OUTPUT' }),
};

/** Which project a command is about. */
export const projectFlags = {
  ...displayFlags,
  project: Flags.string({
    char: 'C',
    description: 'project folder (default: the nearest parent with homelab.yml or inventory/)',
    helpValue: 'DIR',
    helpGroup: 'PROJECT',
  }),
  inventory: Flags.string({
    char: 'i',
    description: 'this inventory file instead of inventory/*.yml',
    helpValue: 'FILE',
    helpGroup: 'PROJECT',
  }),
  set: Flags.string({
    description: 'set a variable, stronger than the inventory',
    helpValue: 'KEY=VALUE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'PROJECT',
  }),
};

/** What a command that compiles playbooks takes besides. */
export const playbookFlags = {
  playbook: Flags.string({
    char: 'p',
    description: 'playbook, may be given again (default: playbooks/site.yml)',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'PROJECT',
  }),
  tags: Flags.string({
    description: 'only items with one of these tags (a,b)',
    helpValue: 'TAGS',
    helpGroup: 'PROJECT',
  }),
  'skip-tags': Flags.string({
    description: 'leave out items with one of these tags',
    helpValue: 'TAGS',
    helpGroup: 'PROJECT',
  }),
};

/** The flags of {@link playbookFlags}, as oclif parsed them. */
export interface PlaybookFlagValues {
  readonly playbook?: readonly string[] | undefined;
  readonly tags?: string | undefined;
  readonly 'skip-tags'?: string | undefined;
}

/** The tags in the flags, as lists. */
export function tagWords({ tags, 'skip-tags': skipTags }: PlaybookFlagValues) {
  return { tags: words(tags), skipTags: words(skipTags) };
}

function words(list: string | undefined): string[] {
  return (list ?? '').split(',').filter((word) => word !== '');
}

/** What a command that connects takes besides. */
export const connectionFlags = {
  'ssh-config': Flags.string({
    description: "ssh_config to read (default: the user's; none: no file)",
    helpValue: 'FILE',
    helpGroup: 'CONNECTION',
  }),
  'accept-new': Flags.boolean({
    description: 'pin the host key of a host that is seen for the first time',
    helpGroup: 'CONNECTION',
  }),
  concurrency: Flags.integer({
    description: 'hosts at work at the same time (default: 20)',
    min: 1,
    max: 1000,
    helpValue: 'N',
    helpGroup: 'CONNECTION',
  }),
};

/** What a command that runs plays takes besides. */
export const runFlags = {
  ...playbookFlags,
  ...connectionFlags,
  timings: Flags.boolean({
    description: 'show where the time went, until the plan was there',
    helpGroup: 'OUTPUT',
  }),
};

/** Whether all items of the chosen hosts are meant: no tags, no other playbooks than usual. */
export function isOfAllItems(flags: PlaybookFlagValues): boolean {
  return [flags.tags, flags['skip-tags'], flags.playbook].every((one) => one === undefined);
}
