import * as z from 'zod';
import { defineDrain, type DrainHost, type PackageUpgrade } from '../../core/drain.js';
import { HomelabError } from '../../core/errors.js';
import { absolutePathSchema } from '../../core/path-schema.js';
import { orPending, untilAnswered } from '../api/until-answered.js';
import { inStartOrder } from './shared/container-order.js';
import { dockerEngine, type DockerContainer } from './shared/docker-engine.js';

const params = z.strictObject({
  liveRestore: z
    .boolean()
    .default(true)
    .describe('whether containers may outlive the daemon, where it says that they do'),
  socket: absolutePathSchema(107)
    .default('/run/docker.sock')
    .describe('where the host itself reaches the engine'),
  timeout: z
    .int()
    .min(1)
    .max(3600)
    .default(120)
    .describe('seconds that the engine may take to answer once it is back'),
});

type DockerParams = z.output<typeof params>;

const foundSchema = z.strictObject({
  /** Those that ran, in the order they are started in. */
  containers: z.array(
    z.strictObject({
      id: z.string().regex(/^[0-9a-f]{12,64}$/),
      name: z.string().min(1),
      /** Seconds that it has to stop. */
      stopTimeout: z.int(),
      isHealthy: z.boolean(),
    }),
  ),
  /** Names of those that are removed as soon as they stop. */
  passing: z.array(z.string()),
  /** Whether they have to go: the host reboots, or the engine cannot leave them be. */
  mustStop: z.boolean(),
});

type DockerFound = z.output<typeof foundSchema>;

/** Packages whose upgrade starts the daemon or containerd anew. */
const ENGINE = /^(?:docker-ce|docker\.io|docker|docker-engine|moby-engine|containerd|containerd\.io)$/;
/** What Docker gives a container that asks for nothing else. */
const STOP_SECONDS = 10;

/** The same major and minor version: docs.docker.com/engine/daemon/live-restore speaks of patch releases alone. */
function isPatch({ from, to }: PackageUpgrade): boolean {
  const [before, after] = [from, to].map(
    (version) => /^(?:\d+:)?(\d+)\.(\d+)/.exec(version)?.slice(1, 3).join('.') ?? '',
  );
  return before !== '' && before === after;
}

/** Whether containers would not survive what is about to be done. */
function mustStop({ work }: DrainHost, isLiveRestoreOn: boolean): boolean {
  if (work.reboot !== 'no') return true;
  const engine = work.packages.filter(({ name }) => ENGINE.test(name));
  return engine.length > 0 && !(isLiveRestoreOn && engine.every(isPatch));
}

function entryOf({ Id: id, Name: name, State: state, Config: config }: DockerContainer) {
  return {
    id,
    name: name.replace(/^\//, '') || id.slice(0, 12),
    stopTimeout: Math.max(0, config.StopTimeout ?? STOP_SECONDS),
    isHealthy: state.Health?.Status === 'healthy',
  };
}

/** Whether it is still there once it has stopped. */
function isKept({ HostConfig: { AutoRemove: goes } }: DockerContainer): boolean {
  return !goes;
}

async function find(host: DrainHost, { socket, liveRestore }: DockerParams): Promise<DockerFound> {
  const engine = await dockerEngine(host, socket);
  const isOn = await engine.isLiveRestoreOn();
  const ordered = inStartOrder(await engine.running());
  return {
    containers: ordered.filter(isKept).map(entryOf),
    passing: ordered.filter((one) => !isKept(one)).map((one) => entryOf(one).name),
    mustStop: mustStop(host, liveRestore && isOn),
  };
}

function describe({ containers, passing, mustStop: isNeeded }: DockerFound): string | undefined {
  if (!isNeeded || containers.length + passing.length === 0) return undefined;
  const names = containers.map(({ name }) => name).toReversed();
  return [
    ...(names.length === 0 ? [] : [`stops the containers ${names.join(', ')}`]),
    ...(passing.length === 0 ? [] : [`ends ${passing.join(', ')} for good (--rm)`]),
  ].join('; ');
}

async function drain(host: DrainHost, { socket }: DockerParams, found: DockerFound): Promise<void> {
  if (!found.mustStop) return;
  const engine = await dockerEngine(host, socket);
  for (const { id, name, stopTimeout } of found.containers.toReversed()) {
    if ((await engine.inspect(id))?.State.Running !== true) continue;
    await engine.stop(id, stopTimeout);
    if ((await engine.inspect(id))?.State.Running === true) throw notStopped(host, name);
  }
}

function notStopped({ name: host }: DrainHost, container: string): HomelabError {
  return new HomelabError({
    code: 'drain/not-stopped',
    message: `the container ${container} on ${host} was told to stop and runs`,
    hint: `See \`docker inspect ${container}\` there: who starts it again?`,
    host,
  });
}

/** Starts in order what does not run: a policy such as `unless-stopped` takes our stop for the owner's. */
async function undrain(
  host: DrainHost,
  { socket, timeout }: DockerParams,
  found: DockerFound,
): Promise<void> {
  const engine = await dockerEngine(host, socket);
  await untilAnswered(host, timeout, () => engine.isLiveRestoreOn());
  for (const { id, name } of found.containers) {
    const one = (await engine.inspect(id)) ?? (await engine.inspect(name));
    if (one?.State.Running === false) await engine.start(one.Id);
  }
}

async function pending(
  host: DrainHost,
  { socket }: DockerParams,
  { containers }: DockerFound,
): Promise<string | undefined> {
  const engine = await dockerEngine(host, socket);
  await engine.isLiveRestoreOn();
  for (const { id, name, isHealthy } of containers) {
    // One that was made anew has its name, and not its id.
    const one = (await engine.inspect(id)) ?? (await engine.inspect(name));
    if (one === undefined) return `the container ${name} is gone`;
    if (!one.State.Running) return `the container ${name} does not run`;
    const health = one.State.Health?.Status;
    if (isHealthy && health !== undefined && health !== 'healthy')
      return `the container ${name} is ${health.replaceAll(/\P{L}/gu, ' ').slice(0, 40)}`;
  }
  return undefined;
}

/** Docker: its containers are stopped in order where they could not stay, and exactly those started again. */
export default defineDrain<DockerParams, DockerFound>({
  summary:
    'Docker: containers are stopped in order where the engine cannot leave them be, and exactly those started again',
  params,
  examples: [{}, { liveRestore: true }, { socket: '/run/user/1000/docker.sock', timeout: 300 }],
  found: foundSchema,
  find,
  stopsService: () => true,
  describe,
  drain,
  undrain,
  pending: (host, wanted, found) => orPending(() => pending(host, wanted, found)),
});
