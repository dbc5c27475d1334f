import { EXIT, EXIT_MEANINGS } from '../core/exit-codes.js';
import { code, table } from './markdown.js';

/** What the page needs of a command in oclif's manifest. */
export interface CommandEntry {
  /** Words with colons between them. */
  readonly id: string;
  readonly summary?: string;
  readonly description?: string;
  readonly usage?: string;
  readonly examples?: readonly string[];
  /** False: the last argument may be given more than once. */
  readonly strict?: boolean;
  readonly hidden?: boolean;
  readonly args: Readonly<Record<string, ArgumentEntry>>;
  readonly flags: Readonly<Record<string, FlagEntry>>;
}

interface ArgumentEntry {
  readonly name: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

interface FlagEntry {
  readonly name: string;
  readonly char?: string;
  readonly description?: string;
  readonly helpValue?: string;
  readonly type: 'boolean' | 'option';
  readonly multiple?: boolean;
  readonly required?: boolean;
}

/** oclif's manifest. */
export interface CommandManifest {
  readonly commands: Readonly<Record<string, CommandEntry>>;
}

/** The page about all commands. */
export function commandsPage({ commands }: CommandManifest): string {
  const shown = Object.values(commands)
    .filter(({ hidden }) => hidden !== true)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const common = Object.values(shown[0]?.flags ?? {})
    .map(({ name }) => name)
    .filter((name) => shown.every(({ flags }) => name in flags));
  const first = shown[0]?.flags ?? {};
  return [
    '# Commands\n',
    'Hosts are chosen by name, group, glob (`web-*`), `all`, and one of these behind `!` to leave out.\n',
    '## Flags of every command\n',
    flagTable(Object.values(first).filter(({ name }) => common.includes(name))),
    '## Exit codes\n',
    'With several hosts 1 wins over 2.\n',
    table(
      ['code', 'means'],
      Object.entries(EXIT).map(([name, number]) => [
        String(number),
        EXIT_MEANINGS[name as keyof typeof EXIT],
      ]),
    ),
    ...shown.map((command) => section(command, common)),
  ].join('\n');
}

function section(command: CommandEntry, common: readonly string[]): string {
  const { summary = '', description, args, flags, examples = [] } = command;
  const usage = `homelab ${usageOf(command)}`;
  const own = Object.values(flags).filter(({ name }) => !common.includes(name));
  const commands = examples.map((one) => `${one.replaceAll('<%= config.bin %>', 'homelab')}\n`).join('');
  return [
    `## ${words(command)}\n`,
    `${code(usage)}\n`,
    `${summary}.${description === undefined ? '' : ` ${description}`}\n`,
    argumentTable(Object.values(args)),
    flagTable(own),
    commands === '' ? '' : `\`\`\`sh\n${commands}\`\`\`\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function words({ id }: CommandEntry): string {
  return id.replaceAll(':', ' ');
}

function usageOf(command: CommandEntry): string {
  const { usage, args, strict } = command;
  if (usage !== undefined) return usage;
  const names = Object.values(args).map(({ name, required }, index, all) => {
    const many = strict === false && index === all.length - 1 ? '...' : '';
    const shown = `${name.toUpperCase()}${many}`;
    return required === true ? shown : `[${shown}]`;
  });
  return [words(command), ...names].join(' ');
}

function argumentTable(args: readonly ArgumentEntry[]): string {
  return table(
    ['argument', 'default', 'what it is'],
    args.map(({ name, description = '', required, default: fallback }) => [
      code(name.toUpperCase()),
      required === true ? '_required_' : typeof fallback === 'string' ? code(fallback) : '',
      description,
    ]),
  );
}

function flagTable(flags: readonly FlagEntry[]): string {
  return table(
    ['flag', 'does'],
    flags.map(({ name, char, type, helpValue, multiple, required, description = '' }) => {
      const value = type === 'option' ? ` ${helpValue ?? 'VALUE'}` : '';
      const short = char === undefined ? '' : `-${char}, `;
      const notes = [required === true ? 'required' : '', multiple === true ? 'may be given again' : ''];
      const note = notes.filter((one) => one !== '' && !description.includes(one)).join(', ');
      return [code(`${short}--${name}${value}`), note === '' ? description : `${description} (${note})`];
    }),
  );
}
