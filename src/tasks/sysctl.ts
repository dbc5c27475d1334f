import * as z from 'zod';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { sysctl, type SysctlEntry } from '../probes/sysctl.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { permissionDenied } from './shared/file-entry.js';
import { pathSchema } from './shared/schemas.js';
import {
  dropSysctls,
  putSysctls,
  sysctlInFile,
  sysctlPath,
  sysctlValue,
  type SysctlSettings,
} from './shared/sysctl-file.js';

/** Names of directories and of one file; a colon or a blank is in none of them. */
const KEY = /^[A-Za-z0-9_][A-Za-z0-9_@+-]*(?:[./][A-Za-z0-9_@+-]+)+$/;

const valueSchema = z
  .union([z.string().max(4096), z.number()])
  .transform(String)
  .refine((value) => !/[^\P{Cc}\t]|[\u2028\u2029\uFFFD]/u.test(value), 'must be one line of text')
  .transform(sysctlValue)
  .refine((value) => value !== '', 'is empty');

const params = z
  .strictObject({
    settings: z
      .record(z.string(), valueSchema)
      .refine((settings) => Object.keys(settings).length > 0, 'names no setting')
      .describe(
        'name to value, e.g. net.ipv4.ip_forward: 1; a dot in the name of an interface is written as `/`',
      ),
    file: pathSchema
      .default('/etc/sysctl.d/90-homelab.conf')
      .describe('file that gives the values at boot; its other lines stay'),
    ignore_missing: z
      .boolean()
      .default(false)
      .describe(
        'what this kernel does not have, and what a container may not set, is written to the file alone',
      ),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent takes them out of the file; the running kernel keeps its values until it boots'),
  })
  .superRefine(({ settings }, context) => {
    const complain = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: ['settings', key], message });
    for (const key of Object.keys(settings).filter((one) => !KEY.test(one)))
      complain(key, 'must be the name of a setting, e.g. net.ipv4.ip_forward');
    const paths = Object.keys(settings).map(sysctlPath);
    const twice = Object.keys(settings).find((key, index) => paths.indexOf(sysctlPath(key)) !== index);
    if (twice !== undefined) complain(twice, 'is named twice, once by another spelling');
  });

type SysctlParams = z.output<typeof params>;

/** Each key with its path below /proc/sys. */
function keysOf({ settings }: SysctlParams): (readonly [key: string, path: string])[] {
  return Object.keys(settings).map((key) => [key, sysctlPath(key)] as const);
}

async function probe(host: ReadableHost, wanted: SysctlParams): Promise<MaybeState | Unknown> {
  const keys = keysOf(wanted);
  const isAbsent = wanted.state === 'absent';
  const [file, running] = await Promise.all([
    readTextFile(host, wanted.file),
    Promise.all(isAbsent ? [] : keys.map(([, path]) => host.read(sysctl, path))),
  ]);
  const isIgnored = (entry: SysctlEntry | null | undefined): boolean =>
    wanted.ignore_missing && (entry === null || (host.facts.container !== '' && entry?.isWritable === false));
  const missing = keys.find((_, index) => running[index] === null && !isIgnored(null));
  if (missing !== undefined)
    return new Unknown(
      `the kernel has no setting ${missing[0]} (the module that brings it may not be loaded)`,
      [`path:/proc/sys/${missing[1]}`],
    );
  const hidden = keys.find((_, index) => {
    const entry = running[index];
    return entry !== undefined && entry?.value === undefined && !isIgnored(entry);
  });
  if (hidden !== undefined) throw permissionDenied(`/proc/sys/${hidden[1]}`);
  const text = file?.content.text ?? '';
  const state: Record<string, State[string]> = { ...file };
  for (const [index, [key, path]] of keys.entries()) {
    state[`file.${key}`] = sysctlInFile(text, path);
    const entry = running[index];
    if (isAbsent) continue;
    state[`running.${key}`] = isIgnored(entry)
      ? (wanted.settings[key] ?? '')
      : sysctlValue(entry?.value ?? '');
  }
  return state;
}

function desired({ settings, state }: SysctlParams): State {
  const fields = Object.entries(settings).map(([key, value]): [string, string | null][] =>
    state === 'absent'
      ? [[`file.${key}`, null]]
      : [
          [`file.${key}`, value],
          [`running.${key}`, value],
        ],
  );
  return Object.fromEntries(fields.flat());
}

function steps(context: StepContext<SysctlParams>): Step[] {
  const { params: wanted, changed } = context;
  const running = keysOf(wanted).filter(([key]) => changed(`running.${key}`));
  return [
    ...fileSteps(context),
    // Not sysctl(8): it is not everywhere, and spells some keys in its own way.
    ...running.map(([key, path]) =>
      runStep(['tee', '--', `/proc/sys/${path}`], { stdin: `${wanted.settings[key] ?? ''}\n` }),
    ),
  ];
}

function fileSteps({ params: wanted, before, changed }: StepContext<SysctlParams>): Step[] {
  const keys = keysOf(wanted);
  if (!keys.some(([key]) => changed(`file.${key}`))) return [];
  const text = foundText(before);
  if (wanted.state === 'absent') {
    const rest = dropSysctls(text, new Set(keys.map(([, path]) => path)));
    if (rest.trim() === '') return [runStep(['rm', '-f', '--', wanted.file])];
    return [writeText(wanted.file, rest, before)];
  }
  const settings: SysctlSettings = new Map(keys.map(([key, path]) => [path, wanted.settings[key] ?? '']));
  const names = new Map(keys.map(([key, path]) => [path, key]));
  const folder = wanted.file.slice(0, wanted.file.lastIndexOf('/'));
  return [
    ...(before?.['content'] === undefined && folder !== '' ? [runStep(['mkdir', '-p', '--', folder])] : []),
    writeText(wanted.file, putSysctls(text, settings, names), before),
  ];
}

/** Settings of the kernel, now and at every boot. Another file that sorts after `file` may still win at boot. */
export default defineTask<SysctlParams>({
  summary: 'Settings of the kernel have these values, now and after a reboot',
  params,
  examples: [
    { settings: { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.all.rp_filter': 2 } },
    { settings: { 'net.ipv4.conf.eth0/200.forwarding': 1 }, file: '/etc/sysctl.d/60-router.conf' },
    { settings: { 'kernel.yama.ptrace_scope': 2, 'kernel.kptr_restrict': 2 }, ignore_missing: true },
    { settings: { 'vm.swappiness': 10 }, state: 'absent' },
  ],
  desired,
  probe,
  touches: (wanted) => [`path:${wanted.file}`, ...keysOf(wanted).map(([, path]) => `path:/proc/sys/${path}`)],
  steps,
});
