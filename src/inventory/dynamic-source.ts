import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { HomelabError } from '../core/errors.js';
import { environmentForPrograms } from '../core/secret-variables.js';
import type { YamlDocument } from '../yaml/document.js';
import { parseYaml } from '../yaml/parse-yaml.js';
import { isWorldWritable } from './project.js';

const TIMEOUT_MS = 30_000;
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;
const MOST_SHOWN_STDERR = 500;

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly failure: string | undefined;
}

/**
 * What an executable file of the inventory prints: the shape of `hosts.yml` as JSON. It is run without a shell and
 * without arguments, in the project's folder.
 * @throws HomelabError `inventory/dynamic-source`: others may write to it, it fails, takes 30 s, or prints no JSON
 * @throws HomelabErrors `yaml/syntax`: a key is given twice
 */
export async function readDynamicSource(
  file: string,
  shown: string,
  projectDir: string,
): Promise<YamlDocument> {
  for (const place of [file, dirname(file)]) {
    if (isWorldWritable(place))
      throw sourceError(shown, 'every account of this machine may change it', `Run: chmod o-w ${place}`);
  }
  const { stdout, stderr, failure } = await run(file, projectDir);
  if (failure !== undefined) {
    const tail = stderr.trimEnd().slice(-MOST_SHOWN_STDERR);
    throw sourceError(shown, tail === '' ? failure : `${failure}\n${tail}`, `Run ${shown} by hand.`);
  }
  try {
    JSON.parse(stdout);
  } catch (cause) {
    throw sourceError(shown, `it prints no JSON: ${withoutQuote(cause as Error)}`, `Run ${shown} by hand.`);
  }
  // JSON is YAML; read as such, its mistakes have places.
  return parseYaml(stdout, `${shown} (output)`);
}

/** What JSON.parse says, without the piece of the text that it shows: a source may well print passwords. */
function withoutQuote({ message }: Error): string {
  return message.replace(/, (?:\.\.\.)?".*is not valid JSON$/s, '');
}

function run(file: string, projectDir: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const limits = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT_BYTES } as const;
    const env = environmentForPrograms(process.env);
    const child = execFile(file, [], { cwd: projectDir, env, ...limits }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, failure: error === null ? undefined : failureOf(error) });
    });
    child.stdin?.end();
  });
}

function failureOf(error: Error & { killed?: boolean; code?: string | number | null }): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'it prints more than 16 MiB';
  if (error.killed === true) return `it takes longer than ${TIMEOUT_MS / 1000} s`;
  return typeof error.code === 'number' ? `it exits with ${error.code}` : `it cannot be run (${error.code})`;
}

function sourceError(shown: string, reason: string, hint: string): HomelabError {
  return new HomelabError({
    code: 'inventory/dynamic-source',
    message: `the dynamic source ${shown} cannot be used: ${reason}`,
    hint,
    source: { file: shown, line: 1, column: 1 },
  });
}
