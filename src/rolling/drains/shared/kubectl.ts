import type * as z from 'zod';
import type { DrainHost } from '../../../core/drain.js';
import { HomelabError } from '../../../core/errors.js';
import { printfWord, quoteAll } from '../../../core/quote.js';

/** How the API of a cluster is asked on a host. */
export interface Kubectl {
  /** JSON of a path, e.g. `/api/v1/nodes/n1`. @throws HomelabError `drain/…` */
  get<Value>(path: string, schema: z.ZodType<Value>): Promise<Value>;
  /** Posts JSON. @returns the reason of the API where it says no, e.g. `TooManyRequests`; undefined: done */
  post(path: string, body: unknown): Promise<string | undefined>;
  /** Whether new pods may come to a node. @throws HomelabError `drain/…` */
  setSchedulable(node: string, isSchedulable: boolean): Promise<void>;
}

/** kubectl(1) writes so what the API answered: `Error from server (NotFound): …`. */
const REASON = /^Error from server \((\w+)\)/m;
/** Reasons of the API that say: you may not. */
const REFUSED = ['Forbidden', 'Unauthorized'];
const LIMIT_SECONDS = 30;

/** The program that k3s brings, which knows the account of its server; else kubectl. */
const PROGRAM = `if command -v k3s >/dev/null 2>&1; then kubectl() { command k3s kubectl "$@"; }
elif ! command -v kubectl >/dev/null 2>&1; then echo 'neither k3s nor kubectl is installed' >&2; exit 127; fi`;

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param kubeconfig a file on the host; undefined: what its program takes by itself */
export function kubectlOn(host: DrainHost, kubeconfig: string | undefined): Kubectl {
  const run = async (argv: readonly string[], input?: string): Promise<Answer> => {
    const flags = [
      ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
      `--request-timeout=${LIMIT_SECONDS}s`,
    ];
    const stdin =
      input === undefined
        ? '</dev/null'
        : `<<HOMELAB_END\n$(printf ${printfWord(Buffer.from(input))})\nHOMELAB_END`;
    const script = `${PROGRAM}\nkubectl ${quoteAll([...flags, ...argv])} ${stdin}`;
    const [result] = await host.shell.run([{ script }], {
      timeoutMs: (LIMIT_SECONDS + 60) * 1000,
      outputLimitBytes: 32 << 20,
    });
    return {
      code: result?.code ?? null,
      stdout: result?.stdout.toString('utf8') ?? '',
      stderr: result?.stderr.toString('utf8') ?? '',
    };
  };
  return {
    get: async (path, schema) => {
      const { code, stdout, stderr } = await run(['get', '--raw', path]);
      if (code !== 0) throw apiError(host, stderr);
      const parsed = schema.safeParse(jsonOf(stdout));
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw apiError(
        host,
        `strange answer to ${path}: ${issue?.path.join('.')}: ${issue?.message}`,
        'bad-answer',
      );
    },
    post: async (path, body) => {
      const { code, stderr } = await run(['create', '--raw', path, '-f', '-'], JSON.stringify(body));
      if (code === 0) return undefined;
      const reason = REASON.exec(stderr)?.[1];
      if (reason === undefined || REFUSED.includes(reason)) throw apiError(host, stderr);
      return reason;
    },
    setSchedulable: async (node, isSchedulable) => {
      const patch = JSON.stringify({ spec: { unschedulable: isSchedulable ? null : true } });
      const { code, stderr } = await run(['patch', 'node', node, '--type=merge', '-p', patch]);
      if (code !== 0) throw apiError(host, stderr);
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function apiError({ name }: DrainHost, said: string, what?: string): HomelabError {
  const reason = REASON.exec(said)?.[1];
  const words = said
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
  const isRefused = reason !== undefined && REFUSED.includes(reason);
  return new HomelabError({
    // What cannot be reached now may be back soon; a program that is missing will not.
    code: `drain/${what ?? (isRefused ? 'refused' : reason === 'NotFound' ? 'not-found' : /is installed/.test(words) ? 'no-kubectl' : 'unreachable')}`,
    message: `the API of Kubernetes does not do what ${name} asks: ${words === '' ? 'no answer' : words}`,
    hint: 'An agent of k3s has no account of its own for that: give `kubeconfig`, a file on the host.',
    host: name,
  });
}
