import { dirname } from 'node:path/posix';
import * as z from 'zod';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { sshListeners } from '../probes/ssh-listeners.js';
import { sshdConfigs, sshdQuestion, type SshdReport } from '../probes/sshd-configs.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { textOf } from './shared/managed-file.js';
import { requireTaken } from './shared/sshd-drop-in.js';
import { includesFirst, SSHD_MAIN_FILE, withIncludeFirst } from './shared/sshd-include.js';
import {
  PORT_FILE,
  portFields,
  portFileText,
  portsIn,
  refuseOwnPorts,
  socketDropIn,
  socketFile,
  withoutOtherPorts,
} from './shared/sshd-ports.js';
import { AS_WRITTEN, OLDER, reloadSshdStep, SSHD_UNITS } from './shared/sshd-reload.js';

const params = z.strictObject({
  port: z.int().min(1).max(65_535).describe('where sshd is to listen, at every address it listens on'),
  others: z
    .enum(['keep', 'close'])
    .default('keep')
    .describe('what becomes of its other ports; close them in an item of their own, once this one is proven'),
});

type PortParams = z.output<typeof params>;

async function probe(host: ReadableHost, { port, others }: PortParams): Promise<MaybeState | Unknown> {
  const [asked, listeners, main] = await Promise.all([
    host.read(sshdConfigs, sshdQuestion({ connections: [''] })),
    host.read(sshListeners, ''),
    readTextFile(host, SSHD_MAIN_FILE),
  ]);
  const [report] = asked?.effective ?? [];
  if (asked === null || report === undefined)
    return new Unknown('sshd is not installed', ['program:sshd', 'package:openssh-server']);
  requireTaken(report);
  const fields = portFields(report, listeners);
  const isRight =
    fields[`port.${port}`] === 'open' && (others === 'keep' || Object.keys(fields).length === 1);
  if (!isRight) refuseOwnPorts(report);
  return {
    ...fields,
    loaded: asked.isRead === 'no' ? OLDER : AS_WRITTEN,
    ...(listeners.socket === null
      ? {}
      : { 'socket.unit': listeners.socket.unit, 'socket.streams': listeners.socket.streams.join(' ') }),
    ...(isRight ? {} : await readFiles(host, report, main)),
  };
}

/** The files that name ports, the main one and ours, as fields `file.PATH content` and so on. */
async function readFiles(host: ReadableHost, { lines }: SshdReport, main: State | null): Promise<State> {
  const named = lines.filter(({ keyword }) => keyword === 'port').map(({ file }) => file);
  const paths = [...new Set([PORT_FILE, ...named])].filter((path) => path !== SSHD_MAIN_FILE);
  const found = await Promise.all(paths.map((path) => readTextFile(host, path)));
  const all = [[SSHD_MAIN_FILE, main] as const, ...paths.map((path, index) => [path, found[index]] as const)];
  return Object.fromEntries(
    all.flatMap(([path, file]) =>
      Object.entries(file ?? {}).map(([field, value]) => [`file.${path} ${field}`, value] as const),
    ),
  );
}

/** A file that was read, as the fields of {@link readTextFile}. */
function fileOf(before: MaybeState, path: string): MaybeState {
  const fields = ['content', 'mode', 'owner', 'group'].map((field) => [
    field,
    before?.[`file.${path} ${field}`] ?? null,
  ]);
  return Object.fromEntries(fields) as State;
}

function pathsOf(before: MaybeState): string[] {
  const names = Object.keys(before ?? {}).map((field) => /^file\.(.*) content$/.exec(field)?.[1]);
  return names.filter((name) => name !== undefined && name !== PORT_FILE) as string[];
}

function steps({ params: { port, others }, facts, before, changed }: StepContext<PortParams>): Step[] {
  const reload = reloadSshdStep(facts, { movesPorts: true });
  const open = Object.keys(before ?? {}).flatMap((field) => /^port\.(\d+)$/.exec(field)?.[1] ?? []);
  const isClosing = others === 'close' && open.some((one) => changed(`port.${one}`));
  if (!changed(`port.${port}`) && !isClosing) return [reload];
  const wanted = others === 'close' ? [port] : [...new Set([...open.map(Number), port])];
  const edits = pathsOf(before).map((path) => {
    const text = foundText(fileOf(before, path));
    const edited = others === 'close' ? withoutOtherPorts(text, port) : text;
    const isBare = path === SSHD_MAIN_FILE && !includesFirst(edited, PORT_FILE);
    return { path, text, edited: isBare ? withIncludeFirst(edited, PORT_FILE) : edited };
  });
  const elsewhere = new Set(edits.flatMap(({ edited }) => portsIn(edited)));
  return [
    runStep(['mkdir', '-p', '--', dirname(PORT_FILE)]),
    writeWhole(PORT_FILE, portFileText(wanted.filter((one) => !elsewhere.has(one))), '0600'),
    ...edits
      .filter(({ text, edited }) => text !== edited)
      .map(({ path, edited }) => writeText(path, edited, fileOf(before, path))),
    ...socketSteps(before, wanted),
    reload,
  ];
}

function socketSteps(before: MaybeState, ports: readonly number[]): Step[] {
  const unit = textOf(before, 'socket.unit');
  if (unit === undefined) return [];
  const streams = (textOf(before, 'socket.streams') ?? '').split(' ');
  return [
    runStep(['mkdir', '-p', '--', dirname(socketFile(unit))]),
    writeWhole(socketFile(unit), socketDropIn(streams, ports), '0644'),
  ];
}

function writeWhole(path: string, body: string, mode: string): Step {
  return { do: 'write', path, body, mode, owner: 'root', group: 'root' };
}

/** A port of sshd, in two phases where it moves: open the new one beside the old, then close the old. */
export default defineTask<PortParams>({
  summary: 'The SSH server listens on a port, beside others or alone',
  params,
  examples: [{ port: 2222 }, { port: 2222, others: 'close' }],
  desired: ({ port, others }) => ({
    [`port.${port}`]: 'open',
    ...(others === 'close' ? { 'port.*': null } : {}),
    loaded: AS_WRITTEN,
  }),
  probe,
  touches: () => [
    `path:${PORT_FILE}`,
    `path:${dirname(PORT_FILE)}`,
    `path:${SSHD_MAIN_FILE}`,
    ...['ssh.socket', 'sshd.socket'].map((unit) => `path:${socketFile(unit)}`),
    ...SSHD_UNITS,
  ],
  foresight: () => ({ makes: [] }),
  steps,
});
