import { HomelabError, InternalError } from '../core/errors.js';
import type { RoleItem, RoleOutput } from '../core/role.js';
import type { AnyTask } from '../core/task.js';
import { schemaProblems } from '../yaml/schema-problems.js';
import type { AskedKinds } from './asked-kinds.js';
import type { RawItem } from './raw-item.js';
import type { RawRole } from './raw-role.js';

/** What a role asks for, as items that are compiled like written ones. */
export interface RoleItems {
  /** `name`: as the role calls it. */
  readonly items: readonly { readonly name: string; readonly item: RawItem }[];
  /** `key`: as the play calls the action, so that no other of it has that name. */
  readonly actions: readonly { readonly name: string; readonly key: string; readonly item: RawItem }[];
}

/**
 * The items of a role's output; none of a kind that is not loaded yet.
 * @throws HomelabError `role/bad-item` where the role asks for what its kind refuses
 */
export function roleItems({
  raw,
  output,
  kinds,
  nameAction,
}: {
  readonly raw: RawRole;
  readonly output: RoleOutput;
  readonly kinds: AskedKinds;
  /** A name for an action that is free in the play, this one if it can be. */
  readonly nameAction: (name: string) => string;
}): RoleItems {
  const ofRole = (name: string): string => `${raw.name}: ${name}`;
  const keys = new Map(Object.keys(output.actions ?? {}).map((name) => [name, nameAction(ofRole(name))]));
  const keyOf = (name: string): string => {
    const key = keys.get(name);
    if (key === undefined) throw new InternalError(`The role ${raw.name} has no action "${name}"`);
    return key;
  };
  const toItem = (one: RoleItem, name: string, isAction: boolean): RawItem[] => {
    const checked = checkedItem(raw, one, kinds);
    if (checked === undefined) return [];
    const onChange = (one.onChange ?? []).map(keyOf);
    return [{ ...frameOf(raw, one, name), ...checked, onChange, isAction }];
  };
  const items = output.items.flatMap((one) =>
    toItem(one, ofRole(one.name), false).map((item) => ({ name: one.name, item })),
  );
  const actions = Object.entries(output.actions ?? {}).flatMap(([name, one]) =>
    toItem(one, keyOf(name), true).map((item) => ({ name, key: keyOf(name), item })),
  );
  return { items, actions };
}

function frameOf({ document, path, source, when, tags }: RawRole, one: RoleItem, name: string) {
  return {
    document,
    path,
    source,
    frame: { name, when, sensitive: one.sensitive, guarded: one.guarded },
    hasTemplates: false,
    isData: true,
    tags,
  };
}

function checkedItem(
  raw: RawRole,
  one: RoleItem,
  kinds: AskedKinds,
): Pick<RawItem, 'kind' | 'task' | 'params' | 'writtenParams'> | undefined {
  const { kind, params } = one;
  if (!kinds.has(kind)) throw badItem(raw, one, `there is no task kind "${kind}"`);
  const task: AnyTask | undefined = kinds.find(kind);
  if (task === undefined) return undefined;
  const result = schemaProblems(params, task.params);
  if (result.isValid) return { kind, task, params, writtenParams: result.value };
  const [problem] = result.problems;
  throw badItem(raw, one, problem?.message ?? 'its parameters are wrong', problem?.hint);
}

/** What came of the parameters of the role is no right item: mostly one of them holds what the kind does not take. */
function badItem(raw: RawRole, { name, kind }: RoleItem, problem: string, hint?: string): HomelabError {
  return new HomelabError({
    code: 'role/bad-item',
    message: `the role ${raw.name} asks for "${name}", which ${kind} refuses: ${problem}`,
    hint: hint ?? `Look at the parameters of the role: homelab roles ${raw.name}`,
    source: raw.source,
  });
}
