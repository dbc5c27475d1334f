import * as z from 'zod';
import { Content } from '../core/content.js';
import { InternalError } from '../core/errors.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { loadedTablesKey, nftTables, type LoadedTables } from '../probes/nft-tables.js';
import { bootSteps, isLoadedAtBoot, noBootSteps } from './shared/firewall-boot.js';
import { loadStep, RECORD_FILE, RULES_FILE, unloadStep } from './shared/firewall-load.js';
import { refuseCutOff } from './shared/firewall-listeners.js';
import { refuseLockOut } from './shared/firewall-guard.js';
import { readRuleset } from './shared/firewall-ruleset.js';
import { rulesSchema, zonesSchema } from './shared/firewall-schema.js';
import { OWN_TABLE, tableOf } from './shared/firewall-text.js';
import { probeFile, type ManagedFile } from './shared/managed-file.js';

const rulesetSchema = z.string().superRefine((text, context) => {
  for (const message of readRuleset(text).problems) context.addIssue({ code: 'custom', message });
});

const params = z
  .strictObject({
    rules: rulesSchema
      .optional()
      .describe('what may come in, in order, by any interface; everything else is dropped'),
    zones: zonesSchema
      .optional()
      .describe('rules for what comes in by some interfaces alone: name to interfaces and rules'),
    ruleset: rulesetSchema
      .optional()
      .describe('instead of these: nftables text of whole tables, each of which is replaced'),
    spare_listeners: z
      .boolean()
      .default(false)
      .describe('refuse rules that would close a port at which something listens and which no rule names'),
    guarded: z
      .boolean()
      .optional()
      .describe('false: the rules stay though no new login proves that they let us in; default: true'),
    state: z.enum(['present', 'absent']).default('present').describe('absent takes the rules away'),
  })
  .superRefine(({ rules, zones, ruleset, spare_listeners: isSparing, state }, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    const isTyped = rules !== undefined || zones !== undefined;
    if (state === 'absent' && (isTyped || ruleset !== undefined))
      complain('a firewall that is to be absent has no rules');
    if (state === 'present' && isTyped === (ruleset !== undefined))
      complain('needs `rules` or `zones`, or else a `ruleset`');
    if (isSparing && !isTyped) complain('`spare_listeners` goes with `rules` and `zones`');
  });

type FirewallParams = z.output<typeof params>;

/** The rules file: what is there of its tables goes in the same transaction. */
function rulesText({ rules, zones, ruleset }: FirewallParams): string {
  const body = ruleset ?? tableOf(zones ?? {}, rules ?? []);
  const replaced = tablesOf({ ruleset }).flatMap((table) => [`table ${table}`, `delete table ${table}`]);
  return `# Kept by homelab: changes by hand are overwritten.\n${replaced.join('\n')}\n\n${body}${body.endsWith('\n') ? '' : '\n'}`;
}

function tablesOf({ ruleset }: Pick<FirewallParams, 'ruleset'>): readonly string[] {
  return ruleset === undefined ? [OWN_TABLE] : readRuleset(ruleset).tables;
}

function rulesFile(wanted: FirewallParams): ManagedFile {
  const { state } = wanted;
  const content = state === 'absent' ? undefined : rulesText(wanted);
  return { path: RULES_FILE, content, state, backup: false, sensitive: false };
}

async function probe(host: ReadableHost, wanted: FirewallParams): Promise<MaybeState | Unknown> {
  const [file, loaded, atBoot] = await Promise.all([
    probeFile(host, rulesFile(wanted)),
    host.read(nftTables, loadedTablesKey(RECORD_FILE, OWN_TABLE)),
    isLoadedAtBoot(host),
  ]);
  if (wanted.state === 'absent') {
    const isGone = file === null && atBoot === null && loaded.record === '' && !loaded.isTableThere;
    return isGone ? null : { rules: 'there' };
  }
  if (!loaded.isInstalled)
    return new Unknown('nft is not installed (package nftables)', ['program:nft', 'package:nftables']);
  const found: State = {
    content: file?.['content'] ?? null,
    loaded: file === null ? null : observedLoad(loaded, file['content']),
    at_boot: atBoot ?? false,
  };
  const text = rulesText(wanted);
  const isContentRight = found['content'] instanceof Content && found['content'].equals(Content.of(text));
  if (!isContentRight || found['loaded'] !== LOADED) {
    const { zones = {}, rules = [], spare_listeners: isSparing } = wanted;
    await Promise.all([
      refuseLockOut(host, text),
      isSparing ? refuseCutOff(host, { zones, rules }) : undefined,
    ]);
  }
  return file === null ? null : found;
}

const LOADED = 'as written';

/** What the kernel has, compared with what nft listed right after it had loaded the file as it is now. */
function observedLoad({ record, listing }: LoadedTables, file: State[string] | undefined): string {
  if (!(file instanceof Content)) throw new InternalError('The rules file was not read');
  const [, sha256, noted] =
    /^loaded ([0-9a-f]{64})\n(?:table [^\n]*\n)*listing\n([\s\S]*)$/.exec(record) ?? [];
  if (sha256 !== file.sha256 || noted === undefined) return 'not this file';
  if (listing === '') return 'no rules';
  return withoutMemory(listing) === withoutMemory(noted) ? LOADED : 'changed by hand';
}

/** A listing without the elements of sets that packets and time fill. */
function withoutMemory(listing: string): string {
  return listing.replaceAll(/^\t(?:set|map) [^\n]*\{\n[\s\S]*?^\t\}$/gm, (set) =>
    /^\t\tflags [^\n]*\b(?:dynamic|timeout)\b/m.test(set)
      ? set.replace(/^\t\telements = \{[^}]*\}\n/m, '')
      : set,
  );
}

function steps({ params: wanted, facts, changed }: StepContext<FirewallParams>): Step[] {
  if (wanted.state === 'absent') return [...noBootSteps(facts), unloadStep(OWN_TABLE)];
  const steps: Step[] = [];
  if (changed('content')) {
    steps.push(runStep(['mkdir', '-p', '--', RULES_FILE.slice(0, RULES_FILE.lastIndexOf('/'))]), {
      do: 'write',
      path: RULES_FILE,
      body: rulesText(wanted),
      mode: '0600',
      owner: 'root',
      group: 'root',
      validate: ['nft', '-c', '-f', '{{candidate}}'],
    });
  }
  if (changed('content') || changed('loaded')) steps.push(loadStep(tablesOf(wanted)));
  if (changed('at_boot')) steps.push(...bootSteps(facts));
  return steps;
}

/**
 * A packet filter of nftables, in tables of its own: those of Docker, libvirt and others stay. Loaded in one transaction,
 * at boot too. One item a host: it speaks for all of its rules.
 */
export default defineTask<FirewallParams>({
  summary: 'What may come in by the network, and nothing else, by nftables',
  params,
  examples: [
    {
      rules: [
        { allow: 'tcp/22', from: '192.168.1.0/24', comment: 'administration' },
        { allow: ['tcp/80', 'tcp/443', 'udp/443'] },
        { reject: 'tcp/113' },
      ],
    },
    {
      zones: {
        lan: { interfaces: ['eth0', 'wg*'], rules: [{ allow: 'any' }] },
        wan: { interfaces: ['eth1'], rules: [{ allow: ['udp/51820'] }] },
      },
    },
    {
      ruleset:
        'table inet router {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\tiifname "guests" oifname "lan" drop\n\t}\n}\n',
    },
    { rules: [{ allow: 'tcp/22' }, { allow: 'tcp/445', from: '192.168.1.0/24' }], spare_listeners: true },
    { state: 'absent' },
  ],
  desired: (wanted) =>
    wanted.state === 'absent'
      ? null
      : { content: Content.of(rulesText(wanted)), loaded: LOADED, at_boot: true },
  probe,
  isGuarded: ({ guarded }) => guarded,
  touches: ({ spare_listeners: isSparing }) => [
    `path:${RULES_FILE}`,
    `path:${RECORD_FILE}`,
    'unit:homelab-firewall.service',
    // What listens depends on every program that there is.
    ...(isSparing ? ['path:/'] : []),
  ],
  steps,
});
