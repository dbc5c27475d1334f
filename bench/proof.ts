import { TAMPERINGS, type Tampering } from '../test/lab/fixtures/tamperings.js';
import type { Contender } from './contenders/contender.js';
import { MACHINES } from './machines.js';
import type { Stage } from './scenarios/scenario.js';

const NAMES = MACHINES.map(({ name }) => name);

/** Makes all machines as the forty items say. @throws Error with what homelab printed */
export async function converge({ watch, homelab }: Stage, project: string): Promise<void> {
  const { code, output } = await watch.run({
    argv: [...homelab, 'provision', ...NAMES, '--yes'],
    cwd: project,
  });
  if (code !== 0) throw new Error(`homelab provision ended with ${code}:\n${output}`);
}

/**
 * Proves that every contender looks at what it claims to: each finds all machines in sync, then each of the changes by hand
 * (default: those of the tests), on its host and by its name. Leaves the machines in sync.
 * @throws Error naming the contender and what it did not see
 */
export async function proveContenders(
  stage: Stage,
  project: string,
  contenders: readonly Contender[],
  tamperings: readonly Tampering[] = TAMPERINGS,
): Promise<void> {
  for (const contender of contenders) {
    stage.onProgress(`Proof: ${contender.name} finds the machines in sync`);
    stage.signal.throwIfAborted();
    await contender.prepare?.(NAMES);
    const { code, output } = await stage.watch.run(contender.check(NAMES));
    if (!contender.isInSync(code, output))
      throw new Error(`${contender.name} does not find the machines in sync (${code}):\n${output}`);
  }
  for (const { host, script } of tamperings) await stage.lab.shell(host, script);
  for (const contender of contenders) {
    stage.onProgress(`Proof: ${contender.name} finds ${tamperings.length} changes made by hand`);
    stage.signal.throwIfAborted();
    await contender.prepare?.(NAMES);
    const { code, output } = await stage.watch.run(contender.check(NAMES));
    const unseen = subjects(tamperings).filter(
      ({ host, subject }) => !contender.tells(output, host, subject),
    );
    if (contender.isInSync(code, output) || unseen.length > 0)
      throw new Error(`${contender.name} did not see ${JSON.stringify(unseen)} (${code}):\n${output}`);
  }
  await converge(stage, project);
}

/** `HOST SUBJECT FIELD` of each tampering without the field; what has several differing fields is there once. */
function subjects(tamperings: readonly Tampering[]): { host: string; subject: string }[] {
  return tamperings.map(({ host, seen }) => {
    const [first = ''] = seen;
    return { host, subject: first.slice(host.length + 1, first.lastIndexOf(' ')) };
  });
}
