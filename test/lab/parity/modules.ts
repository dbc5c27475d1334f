import { readdirSync } from 'node:fs';
import type { ModuleSituations, NamedSituation } from './situation.js';

const FOLDER = new URL('situations/', import.meta.url);

/** The situations of every module of Ansible that has a file in `situations/`, by the module's name. */
export async function readModules(): Promise<ReadonlyMap<string, ModuleSituations>> {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length))
    .toSorted();
  const modules = new Map<string, ModuleSituations>();
  // One after the other: Jest cannot load what two modules share for both at once.
  for (const name of names) {
    const { default: module } = (await import(new URL(`${name}.ts`, FOLDER).href)) as {
      readonly default: ModuleSituations;
    };
    modules.set(name, module);
  }
  return modules;
}

/** All of their situations, in order, each with its id. */
export function situationsOf(modules: ReadonlyMap<string, ModuleSituations>): NamedSituation[] {
  return [...modules].flatMap(([name, { situations }]) =>
    situations.map((situation) => ({ ...situation, id: `${name}/${situation.name}` })),
  );
}
