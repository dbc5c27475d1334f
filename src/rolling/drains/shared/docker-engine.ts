import * as z from 'zod';
import type { DrainHost } from '../../../core/drain.js';
import { HomelabError, toHomelabError } from '../../../core/errors.js';
import { quoteAll } from '../../../core/quote.js';
import { askJson, askApi, type ApiRequest, type HostApi } from '../../api/host-api.js';

const infoSchema = z.object({ LiveRestoreEnabled: z.boolean().default(false) });

const containerSchema = z.object({
  Id: z.string().regex(/^[0-9a-f]{12,64}$/),
  Name: z.string(),
  State: z.object({
    Running: z.boolean(),
    StartedAt: z.string().default(''),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({
    Labels: z.record(z.string(), z.string()).nullish(),
    StopTimeout: z.int().nullish(),
  }),
  HostConfig: z.object({ AutoRemove: z.boolean().default(false), NetworkMode: z.string().default('') }),
});

/** A container as the engine describes it, https://docs.docker.com/reference/api/engine/ (ContainerInspect). */
export type DockerContainer = z.output<typeof containerSchema>;

/** The engine of a host: by its socket, or by its command where there is no curl. Both speak the same JSON. */
export interface DockerEngine {
  /** Whether containers outlive the daemon. @throws HomelabError `drain/…` where the daemon does not answer */
  isLiveRestoreOn(): Promise<boolean>;
  /** Those that run. */
  running(): Promise<readonly DockerContainer[]>;
  /** Undefined: there is none of that id or name. */
  inspect(container: string): Promise<DockerContainer | undefined>;
  /** Returns once it has stopped, by its own signal and within its own time. One that is gone is stopped. */
  stop(container: string, timeoutSeconds: number): Promise<void>;
  start(container: string): Promise<void>;
}

/** For an engine that is busy, beyond the time that a container has. */
const SLACK_SECONDS = 60;

/** @throws HomelabError `drain/unreachable` */
export async function dockerEngine(host: DrainHost, socket: string): Promise<DockerEngine> {
  const [found] = await host.shell.run([{ script: 'command -v curl' }]);
  return found?.code === 0 ? apiEngine(host, socket) : commandEngine(host, socket);
}

const idsSchema = z.array(z.object({ Id: z.string() }));

function apiEngine(host: DrainHost, socket: string): DockerEngine {
  const api: HostApi = { host: host.name, base: 'http://docker', socket };
  const get = <Value>(path: string, schema: z.ZodType<Value>): Promise<Value> =>
    askJson(host.shell, api, { method: 'GET', path, limitSeconds: 60 }, { schema });
  const inspect = (container: string) =>
    orNone(get(`/containers/${encodeURIComponent(container)}/json`, containerSchema));
  // 304: it is so already.
  const tell = async (request: ApiRequest, good: readonly number[]): Promise<void> => {
    const { status, body } = await askApi(host.shell, api, request);
    if (status < 300 || good.includes(status)) return;
    throw engineError(host, `${request.path}: ${body.toString('utf8')}`);
  };
  return {
    isLiveRestoreOn: async () => (await get('/info', infoSchema)).LiveRestoreEnabled,
    running: async () =>
      eachOf(
        (await get('/containers/json', idsSchema)).map(({ Id: id }) => id),
        inspect,
      ),
    inspect,
    stop: (container, timeoutSeconds) =>
      tell(
        {
          method: 'POST',
          path: `/containers/${encodeURIComponent(container)}/stop`,
          limitSeconds: timeoutSeconds + SLACK_SECONDS,
        },
        [304, 404],
      ),
    start: (container) =>
      tell(
        {
          method: 'POST',
          path: `/containers/${encodeURIComponent(container)}/start`,
          limitSeconds: SLACK_SECONDS,
        },
        [304],
      ),
  };
}

function commandEngine(host: DrainHost, socket: string): DockerEngine {
  const docker = async (argv: readonly string[], limitSeconds = SLACK_SECONDS): Promise<string> => {
    const script = `${quoteAll(['docker', '--host', `unix://${socket}`, ...argv])} </dev/null`;
    const [result] = await host.shell.run([{ script }], { timeoutMs: (limitSeconds + 30) * 1000 });
    if (result?.code === 0) return result.stdout.toString('utf8');
    const said = result?.stderr.toString('utf8') ?? '';
    throw engineError(host, said, /no such (?:container|object)/i.test(said) ? 'not-found' : 'unreachable');
  };
  const inspect = (container: string) =>
    orNone(
      docker(['inspect', '--type', 'container', container]).then((text) => {
        const [one] = parsed(host, text, z.array(containerSchema));
        return one;
      }),
    );
  return {
    isLiveRestoreOn: async () =>
      parsed(host, await docker(['info', '--format', '{{json .}}']), infoSchema).LiveRestoreEnabled,
    running: async () =>
      eachOf((await docker(['ps', '--quiet', '--no-trunc'])).split('\n').filter(Boolean), inspect),
    inspect,
    stop: async (container, timeoutSeconds) => {
      await orNone(docker(['stop', container], timeoutSeconds + SLACK_SECONDS));
    },
    start: async (container) => {
      await docker(['start', container]);
    },
  };
}

function parsed<Value>(host: DrainHost, text: string, schema: z.ZodType<Value>): Value {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HomelabError({
      code: 'drain/bad-answer',
      message: `docker of ${host.name} answers strangely`,
      hint: 'Its version may be one that homelab does not know.',
      host: host.name,
      cause,
    });
  }
}

/** What was asked for; undefined where the engine has no such thing. */
async function orNone<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (toHomelabError(thrown).code === 'drain/not-found') return undefined;
    throw thrown;
  }
}

async function eachOf(
  ids: readonly string[],
  inspect: (id: string) => Promise<DockerContainer | undefined>,
): Promise<readonly DockerContainer[]> {
  const found: DockerContainer[] = [];
  for (const id of ids) {
    const one = await inspect(id);
    if (one !== undefined) found.push(one);
  }
  return found;
}

function engineError({ name }: DrainHost, said: string, what = 'engine-failed'): HomelabError {
  const words = said
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
  return new HomelabError({
    code: `drain/${what}`,
    message: `Docker on ${name}: ${words === '' ? 'no answer' : words}`,
    hint: 'See `docker info` and `journalctl -u docker` there.',
    host: name,
  });
}
