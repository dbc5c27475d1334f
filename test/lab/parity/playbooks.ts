import type { NamedSituation } from './situation.js';
import { listOf } from './situation.js';
import { taskName } from './outcomes.js';

/** The machine that Ansible keeps, and its twin, which homelab keeps. */
export const TWINS = { ansible: 'left', homelab: 'right' } as const;

/**
 * Ansible does one task of a host after the other, about two a second. To it the machine is two hosts, and each has
 * the situations of some modules as its lane. What hands out numbers by itself (users, groups) has to be in one lane,
 * in its order: a module is in the first one when its name comes before `g`.
 */
const LANES: Readonly<Record<string, (id: string) => boolean>> = {
  'lane-1': (id) => id < 'g',
  'lane-2': (id) => id > 'g',
};

/** Ansible's inventory: the lanes, which are all one machine. */
export const ANSIBLE_HOSTS = Object.keys(LANES)
  .map((lane) => `${lane} ansible_host=${TWINS.ansible}\n`)
  .join('');

/**
 * Situations as one play for Ansible, `site.yml`, with the files that it includes. A task that fails stops none of the
 * others. JSON is YAML too.
 */
export function ansiblePlaybook(situations: readonly NamedSituation[]): Record<string, string> {
  const play = {
    name: 'Parity',
    hosts: 'all',
    strategy: 'free',
    gather_facts: false,
    tasks: [{ name: 'Lane', include_tasks: '{{ inventory_hostname }}.yml' }],
  };
  const lanes = Object.entries(LANES).map(([lane, isIn]) => {
    const own = situations.filter(({ id }) => isIn(id));
    return [`${lane}.yml`, JSON.stringify(own.flatMap(ansibleTasks))];
  });
  return { 'site.yml': JSON.stringify([play]), ...Object.fromEntries(lanes) };
}

function ansibleTasks(situation: NamedSituation): object[] {
  return listOf(situation.ansible).map((task, index) => ({
    name: taskName(situation, index),
    ...task,
    ignore_errors: true,
  }));
}

/** Situations as one play for homelab. */
export function homelabPlaybook(situations: readonly NamedSituation[]): string {
  const tasks = situations.flatMap((situation) =>
    listOf(situation.homelab).map((task, index) => ({
      name: taskName(situation, index),
      ...task,
      on_failure: 'continue',
    })),
  );
  return JSON.stringify([{ name: 'Parity', hosts: TWINS.homelab, tasks }]);
}
