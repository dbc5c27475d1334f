import type { HomelabError } from '../core/errors.js';
import type { Preparation } from '../core/task.js';
import { parseTemplate } from '../render/parse-template.js';
import type { YamlPath } from '../yaml/document.js';
import { actionAsItem } from './action-as-item.js';
import { resolveCondition, type ConditionContext } from './condition.js';
import { parameterWith, placedAtParameter } from './file-errors.js';
import type { LoadedPlay } from './load-playbooks.js';
import { collect } from './mistakes.js';
import type { RawItem } from './raw-item.js';
import type { RawRole } from './raw-role.js';
import type { ProjectFolder } from './template-folder.js';
import type { Written } from './written.js';
import { checkTemplates } from './written-templates.js';

/** What a play is held against before any host is looked at. */
export interface WrittenCheck {
  /** Names of the inventory; undefined where some may be missing: then none is unknown. */
  readonly knownHosts: readonly string[] | undefined;
  readonly knownGroups: readonly string[] | undefined;
  readonly folder: ProjectFolder;
}

/**
 * What is wrong with the roles and items of a play for every host, and for none: conditions, restarts as items, texts,
 * files and templates. So a play without hosts, and an item whose `when` never matches, is looked at as well. What parameters
 * themselves have wrong was found when they were read.
 */
export function checkWritten(play: LoadedPlay, check: WrittenCheck): HomelabError[] {
  const errors: HomelabError[] = [];
  for (const role of play.roles) checkRole(role, check, errors);
  const earlierIds = [...play.brokenIds];
  for (const raw of [...play.items, ...play.actions.values()]) {
    checkItem({ raw, earlierIds: [...earlierIds], check }, errors);
    if (raw.frame.id !== undefined) earlierIds.push(raw.frame.id);
  }
  return errors;
}

function checkRole(raw: RawRole, check: WrittenCheck, errors: HomelabError[]): void {
  const { when, params } = raw;
  const context = contextFor({ raw, earlierIds: [], check });
  if (when !== undefined) collect(errors, () => resolveCondition(when, context(['when'])));
  errors.push(...checkTemplates(raw, [{ value: params, at: [] }]));
}

interface Looking<Raw extends Written> {
  readonly raw: Raw;
  readonly earlierIds: readonly string[];
  readonly check: WrittenCheck;
}

/** What a condition at a path of something written is held against. */
function contextFor({
  raw: { document, path },
  earlierIds,
  check,
}: Looking<Written>): (at: YamlPath) => ConditionContext {
  const { knownHosts, knownGroups } = check;
  const nothing = { facts: undefined, vars: undefined, host: undefined, groups: [] };
  return (at) => ({
    ...nothing,
    knownHosts,
    knownGroups,
    earlierIds,
    locateKey: (below) => document.locateKey([...path, ...at, ...below]),
  });
}

function checkItem({ raw, earlierIds, check }: Looking<RawItem>, errors: HomelabError[]): void {
  const { kind, task, frame } = raw;
  const contextAt = contextFor({ raw, earlierIds, check });
  if (frame.when !== undefined)
    collect(errors, () => resolveCondition(frame.when ?? {}, contextAt(['when'])));
  errors.push(
    ...checkTemplates(raw, [
      { value: frame.name, at: ['name'] },
      { value: frame.each, at: ['each'] },
      { value: raw.params, at: [kind] },
    ]),
  );
  const { writtenParams: params } = raw;
  if (params === undefined) return;
  const mistake = actionAsItem(raw, params);
  if (mistake !== undefined) errors.push(mistake);
  const preparation = preparationOf(raw, params, {
    folder: check.folder,
    contextAt: (at) => contextAt([kind, ...at]),
  });
  collect(errors, () => placedAtParameter(raw, undefined, () => task.prepare?.(params, preparation)));
}

/** Opens the files that parameters name, and reads templates without putting anything in. */
function preparationOf(
  raw: RawItem,
  params: unknown,
  { folder, contextAt }: { folder: ProjectFolder; contextAt: (at: YamlPath) => ConditionContext },
): Preparation {
  const named = <T>(name: string, read: () => T): T =>
    placedAtParameter(raw, parameterWith(name, params), read);
  return {
    read: (path) => named(path, () => folder.read(path)),
    render: (name) => {
      parseTemplate(named(name, () => folder.template(name)));
      return '';
    },
    judge: (condition, at) => {
      resolveCondition(condition, { ...contextAt(at), earlierIds: undefined });
      return [];
    },
  };
}
