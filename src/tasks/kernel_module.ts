import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { kernelModuleName, kernelModules, type ModuleState } from '../probes/kernel-modules.js';
import { networkDrivers } from '../probes/network-drivers.js';
import { programs } from '../probes/programs.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { editText, type LineEdit } from './shared/line-edit.js';

const params = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,54}$/, 'must be the name of a module, without path and `.ko`')
      .describe('module, e.g. br_netfilter; dashes and underscores are the same'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('present: loaded, now and at boot; absent: neither'),
    persistent: z.boolean().default(true).describe('load it at boot as well; false: not by us'),
    options: z
      .string()
      .max(1024)
      .regex(
        /^[A-Za-z0-9_-]+=[^\s\p{Cc}]*(?: [A-Za-z0-9_-]+=[^\s\p{Cc}]*)*$/u,
        'must be `name=value name=value …`',
      )
      .optional()
      .describe('parameters it is loaded with, e.g. `hpet_mmap=1`; one that is loaded already keeps its own'),
  })
  .superRefine(({ state, options }, context) => {
    if (state === 'absent' && options !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['options'],
        message: 'make no sense for a module that is to be absent',
      });
  });

type ModuleParams = z.output<typeof params>;

/** What loads modules at boot: modules-load.d(5), or one list for OpenRC and others. */
function bootFile(name: string, init: string): string {
  return init === 'systemd' ? `/etc/modules-load.d/${kernelModuleName(name)}.conf` : '/etc/modules';
}

function optionsFile(name: string): string {
  return `/etc/modprobe.d/homelab-${kernelModuleName(name)}.conf`;
}

/** The line of a module in any spelling, arguments after it included. */
function bootLine({ name, state, persistent }: ModuleParams): LineEdit {
  const match = `^[\\t ]*${kernelModuleName(name).replaceAll('_', '[-_]')}(?:[\\t ].*)?$`;
  return state === 'present' && persistent
    ? { line: name, match, state: 'present' }
    : { match, state: 'absent' };
}

async function probe(host: ReadableHost, wanted: ModuleParams): Promise<MaybeState | Unknown> {
  const name = kernelModuleName(wanted.name);
  const [running, boot, options] = await Promise.all([
    host.read(kernelModules, name),
    readTextFile(host, bootFile(name, host.facts.init)),
    readTextFile(host, optionsFile(name)),
  ]);
  refuseBuiltin(wanted, running);
  const isLoaded = running !== 'missing';
  // Asked only where it is needed: a container that shares its kernel has no modprobe.
  if (isLoaded !== (wanted.state === 'present') && !(await host.read(programs, 'modprobe')))
    return new Unknown('there is no modprobe here (package kmod)', ['program:modprobe', 'package:kmod']);
  const text = boot?.content.text ?? '';
  return {
    loaded: isLoaded,
    boot: editText(text, { ...bootLine(wanted), state: 'absent' }).found !== null,
    options: optionsOf(options?.content.text ?? '', name),
    ...boot,
  };
}

function refuseBuiltin({ name, state }: ModuleParams, running: ModuleState): void {
  if (state === 'present' || running !== 'builtin') return;
  throw new HomelabError({
    code: 'task/unsupported',
    message: `${name} is part of the kernel and cannot be unloaded`,
    hint: 'Leave the item out, or boot a kernel that has it as a module.',
  });
}

/** What our own file gives the module; null where it gives nothing. */
function optionsOf(text: string, name: string): string | null {
  const found = text
    .split('\n')
    .map((line) => /^options[\t ]+(\S+)[\t ]+(.*)$/.exec(line.trim()))
    .find((line) => kernelModuleName(line?.[1] ?? '') === name);
  return found?.[2] ?? null;
}

function desired({ state, persistent, options }: ModuleParams): State {
  if (state === 'absent') return { loaded: false, boot: false, options: null };
  return { loaded: true, boot: persistent, ...(options === undefined ? {} : { options }) };
}

function steps(context: StepContext<ModuleParams>): Step[] {
  const { params: wanted, changed } = context;
  const file = optionsFile(wanted.name);
  const body = `options ${kernelModuleName(wanted.name)} ${wanted.options ?? ''}\n`;
  const steps: Step[] = [];
  // Before it is loaded: modprobe reads them.
  if (changed('options')) {
    if (wanted.options === undefined) steps.push(runStep(['rm', '-f', '--', file]));
    // The folder comes with the package that brings modprobe, which may not be there yet.
    else steps.push(runStep(['mkdir', '-p', '--', '/etc/modprobe.d']), writeText(file, body, null));
  }
  if (changed('boot')) steps.push(bootStep(context));
  if (changed('loaded'))
    steps.push(runStep(['modprobe', ...(wanted.state === 'present' ? [] : ['-r']), '--', wanted.name]));
  return steps;
}

function bootStep({ params: wanted, facts, before }: StepContext<ModuleParams>): Step {
  const path = bootFile(wanted.name, facts.init);
  const { text } = editText(foundText(before), bootLine(wanted));
  // A file of its own goes with its last line; the list of OpenRC stays.
  const isEmpty = facts.init === 'systemd' && text.trim() === '';
  return isEmpty ? runStep(['rm', '-f', '--', path]) : writeText(path, text, before);
}

/** A module of the kernel. A barrier: it may bring devices, file systems and settings. */
export default defineTask<ModuleParams>({
  summary: 'A kernel module is loaded, now and after a reboot',
  params,
  examples: [
    { name: 'br_netfilter' },
    { name: 'zfs', options: 'zfs_arc_max=4294967296' },
    { name: 'pcspkr', state: 'absent' },
  ],
  desired,
  probe,
  // With it come settings of the kernel.
  foresight: ({ name, state }) => ({
    makes: state === 'absent' ? [] : [`module:${kernelModuleName(name)}`, 'path:/proc/sys'],
  }),
  // At the next boot it would be gone as well, and no login is left to prove anything by.
  losesLogin: async (host, { name, state }) => {
    if (state !== 'absent') return [];
    const drivers = await host.read(networkDrivers, '');
    return drivers.includes(kernelModuleName(name)) ? [`${name} drives a network interface`] : [];
  },
  steps,
});
