import * as z from 'zod';
import { defineTask } from '../core/task.js';
import { readiness, readinessKey } from '../probes/readiness.js';
import { checkOf, checkShape, requireOneCheck } from '../core/check-schema.js';
import { limitOf, waitStep, type Wait } from './shared/wait-script.js';

const params = z
  .strictObject({
    ...checkShape,
    timeout: z.int().min(1).max(86_400).default(60).describe('seconds to wait at most'),
    interval: z
      .int()
      .min(1)
      .max(3600)
      .default(1)
      .describe('seconds between two attempts; each may take as long, but at least 5'),
  })
  .superRefine(requireOneCheck);

type WaitParams = z.output<typeof params>;

function waitOf(wanted: WaitParams): Wait {
  return { check: checkOf(wanted), timeoutSeconds: wanted.timeout, intervalSeconds: wanted.interval };
}

const READY = { ready: 'yes' };

/** Nothing of its own: the host goes on once something holds there. A plan asks once, and waits for nothing. */
export default defineTask<WaitParams>({
  summary: 'Something holds, as the host sees it: a port, an address, a name, a command, a path',
  params,
  examples: [
    { tcp: '10.0.1.11:53', timeout: 120 },
    { tcp: 22 },
    { http: 'http://127.0.0.1:8500/v1/status/leader', interval: 5 },
    { http: { url: 'https://nas.lan:5001/', status: [200, 401], insecure: true } },
    { dns: 'nas.lan' },
    { dns: { name: '_ldap._tcp.lan', type: 'SRV', server: '10.0.1.11' } },
    { dns: { name: 'nas.lan', server: '127.0.0.1', port: 5335 } },
    { command: ['systemctl', 'is-active', '--quiet', 'docker.service'] },
    { command: 'docker info >/dev/null' },
    { path: '/run/app/ready' },
  ],
  desired: () => READY,
  probe: async (host, wanted) => {
    const wait = waitOf(wanted);
    const isReady = await host.read(readiness, readinessKey(wait.check, limitOf(wait)));
    return isReady ? READY : { ready: `not yet: waits up to ${wanted.timeout} s` };
  },
  foresight: ({ path }, before) => ({
    makes: path?.kind === 'path' ? [`path:${path.path}`] : [],
    hingesOn:
      before?.['ready'] === READY.ready
        ? undefined
        : {
            things: [...(path?.kind === 'path' ? [`path:${path.path}`] : []), 'anything'],
            why: 'whether there is anything to wait for shows then',
          },
  }),
  steps: ({ params: wanted }) => [waitStep(waitOf(wanted))],
});
