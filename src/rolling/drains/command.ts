import * as z from 'zod';
import { argvSchema } from '../../core/argv-schema.js';
import { defineDrain, type DrainHost } from '../../core/drain.js';
import { HomelabError } from '../../core/errors.js';
import { quote, quoteAll } from '../../core/quote.js';
import { ATTEMPT } from '../../probes/readiness.js';

const params = z.strictObject({
  drain: argvSchema.describe('moves the work away: argv, or text for `sh -c`. May run twice'),
  undrain: argvSchema.describe('brings it back. May run twice'),
  ready: argvSchema.optional().describe('succeeds once it serves again; default: when `undrain` is done'),
  stops: z
    .boolean()
    .default(false)
    .describe('`drain` stops the service itself: its health is asked for only once `undrain` is done'),
  timeout: z.int().min(1).max(86_400).default(600).describe('seconds that each may take'),
});

type CommandParams = z.output<typeof params>;

/** Of how a program ends that `attempt` had to kill, signal(7). */
const KILLED = 137;
/** For the host's own shell and the way there. */
const SLACK_SECONDS = 30;

interface Ended {
  readonly code: number | null;
  /** The last line that says something, or nothing. */
  readonly said: string;
}

/** Runs a program that learns in HOMELAB_HOST which host it is about. */
async function attempt(host: DrainHost, argv: readonly string[], limitSeconds: number): Promise<Ended> {
  const script = `${ATTEMPT}
export HOMELAB_HOST=${quote(host.name)}
attempt ${limitSeconds} ${quoteAll(argv)} </dev/null 2>&1`;
  const [result] = await host.shell.run([{ script }], {
    timeoutMs: (limitSeconds + SLACK_SECONDS) * 1000,
    outputLimitBytes: 64 << 10,
  });
  const lines = (result?.stdout.toString('utf8') ?? '').split(/[\r\n]+/).map((line) => line.trim());
  const said = lines.findLast((line) => line !== '') ?? '';
  return { code: result?.code ?? null, said: said.replaceAll(/\p{Cc}/gu, ' ').slice(0, 300) };
}

async function mustDo(host: DrainHost, argv: readonly string[], { timeout }: CommandParams): Promise<void> {
  const { code, said } = await attempt(host, argv, timeout);
  if (code === 0) return;
  const how = code === KILLED ? `was not done after ${timeout} s` : `exit code ${code}`;
  throw new HomelabError({
    code: 'drain/command-failed',
    message: `${quoteAll(argv)} on ${host.name}: ${how}${said === '' ? '' : `: ${said}`}`,
    hint: 'Try it there by hand; it has to succeed when it is run a second time, too.',
    host: host.name,
  });
}

/** Programs of your own, on the host. */
export default defineDrain<CommandParams, Record<string, never>>({
  summary: 'Programs of your own, on the host: one moves its work away, one brings it back',
  params,
  examples: [
    { drain: ['haproxy-out', 'web1'], undrain: ['haproxy-in', 'web1'] },
    {
      drain: 'touch /run/drained && sleep 10',
      undrain: 'rm -f /run/drained',
      ready: ['curl', '-fsS', 'http://127.0.0.1/health'],
      timeout: 60,
    },
  ],
  found: z.strictObject({}),
  find: () => Promise.resolve({}),
  stopsService: ({ stops }) => stops,
  describe: () => 'runs its own command',
  drain: (host, wanted) => mustDo(host, wanted.drain, wanted),
  undrain: (host, wanted) => mustDo(host, wanted.undrain, wanted),
  pending: async (host, wanted) => {
    if (wanted.ready === undefined) return undefined;
    const { code, said } = await attempt(host, wanted.ready, wanted.timeout);
    if (code === 0) return undefined;
    return `${quoteAll(wanted.ready)}: ${said === '' ? `exit code ${code}` : said}`;
  },
});
