import { z } from 'zod';
import { listOf, type NamedSituation, type Outcome, type Tasks } from './situation.js';

/** What a tool said of one task: how it ended, and what it said to that. */
export interface Said {
  readonly outcome: Outcome;
  readonly message: string;
}

/** By the names that {@link taskName} gives. */
export type SaidByName = ReadonlyMap<string, Said>;

/** The name of a situation's task, counted from 0, in the playbooks of both tools. */
export function taskName({ id }: NamedSituation, index: number): string {
  return `${id} #${index}`;
}

/** What a tool said of all tasks of a situation, as one. Throws where it said nothing of one of them. */
export function saidOf(situation: NamedSituation, tasks: Tasks, said: SaidByName): Said {
  const parts = listOf(tasks).map((_task, index) => {
    const part = said.get(taskName(situation, index));
    if (part === undefined) throw new Error(`nothing was said of ${taskName(situation, index)}`);
    return part;
  });
  const outcomes = parts.map(({ outcome }) => outcome);
  const worst = (['failed', 'changed', 'ok'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'ok';
  return { outcome: worst, message: parts.map(({ message }) => message).join('\n') };
}

const ansibleSchema = z.object({
  plays: z.array(
    z.object({
      tasks: z.array(
        z.object({
          task: z.object({ name: z.string() }),
          hosts: z.record(
            z.string(),
            z.object({
              changed: z.boolean().optional(),
              failed: z.boolean().optional(),
              unreachable: z.boolean().optional(),
              msg: z.unknown().optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** What Ansible said, from the output of its callback `ansible.posix.json`. */
export function saidByAnsible(stdout: string): SaidByName {
  const { plays } = ansibleSchema.parse(JSON.parse(stdout.slice(stdout.indexOf('{'))));
  const tasks = plays.flatMap((play) => play.tasks);
  return new Map(
    tasks.flatMap(({ task, hosts }) =>
      Object.values(hosts).map(({ changed, failed, unreachable, msg }): [string, Said] => {
        const isFailed = failed === true || unreachable === true;
        const outcome = isFailed ? 'failed' : changed === true ? 'changed' : 'ok';
        return [task.name, { outcome, message: JSON.stringify(msg) ?? '' }];
      }),
    ),
  );
}
