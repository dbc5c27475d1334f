import * as z from 'zod';
import type { MaybeState } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { fileContents } from '../probes/file-contents.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { scriptStep } from './shared/script-step.js';

const FILE = '/etc/hostname';
const RUNNING = '/proc/sys/kernel/hostname';

/** RFC 1123, 2.1: labels of letters, digits and dashes. */
const NAME =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

const params = z.strictObject({
  name: z
    .string()
    // hostname(7): what the kernel holds of it.
    .max(64)
    .regex(NAME, 'must be labels of letters, digits and dashes, with dots between them')
    .describe('name of the machine, alone or with its domain'),
});

type HostnameParams = z.output<typeof params>;

/** hostname(5): the first line that is neither empty nor a comment. */
function staticName(text: string): string | null {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('#')) ?? null;
}

async function probe(host: ReadableHost): Promise<MaybeState> {
  const [file, running] = await Promise.all([readTextFile(host, FILE), host.read(fileContents, RUNNING)]);
  return {
    ...file,
    static: staticName(file?.content.text ?? ''),
    running: running === null ? null : Buffer.from(running.bytes).toString('utf8').trim(),
  };
}

/** A minimal system has one of the two programs. Writing to /proc instead fails in containers. */
const SET_RUNNING = `if command -v hostname >/dev/null 2>&1; then
  hostname "$1"
else
  hostnamectl set-hostname "$1"
fi`;

function steps({ params: { name }, before, changed }: StepContext<HostnameParams>): Step[] {
  return [
    ...(changed('static') ? [writeText(FILE, withName(foundText(before), name), before)] : []),
    ...(changed('running') ? [scriptStep({ words: [name], script: SET_RUNNING })] : []),
  ];
}

/** Comments of the file stay. */
function withName(text: string, name: string): string {
  const comments = text.split('\n').filter((line) => line.trim().startsWith('#'));
  return [...comments, name, ''].join('\n');
}

/** The name of a machine. How names resolve, its own one too, is another matter: see `hosts_entry`. */
export default defineTask<HostnameParams>({
  summary: 'The machine has this name, now and after a reboot',
  params,
  examples: [{ name: 'dns1' }, { name: 'dns1.lan' }],
  desired: ({ name }) => ({ static: name, running: name }),
  probe,
  touches: () => [`path:${FILE}`, `path:${RUNNING}`],
  steps,
});
