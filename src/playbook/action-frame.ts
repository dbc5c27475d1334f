import type { Condition } from '../core/condition.js';
import { HomelabError } from '../core/errors.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';

/** What an action may have beside its kind. Its name is its key. */
export const ACTION_KEYS: readonly string[] = ['when', 'sensitive'];

/** The keys of an action that are an item's alone: an action runs once, in its written order, if something changed. */
export function checkActionKeys(document: YamlDocument, path: YamlPath, frame: object): HomelabError[] {
  const strangers = Object.keys(frame).filter((key) => !ACTION_KEYS.includes(key));
  const { when } = frame as { readonly when?: Condition };
  return [
    ...strangers.map((key) => notInAction(document, [...path, key])),
    ...(when === undefined ? [] : changedIn(when, [...path, 'when'])).map((at) => notInAction(document, at)),
  ];
}

/** Paths of the keys `changed` of a condition. */
function changedIn(condition: Condition, path: YamlPath): YamlPath[] {
  return Object.entries(condition).flatMap(([key, inner]) => {
    if (key === 'changed') return [[...path, key]];
    return key === 'not' && typeof inner === 'object' && !Array.isArray(inner)
      ? changedIn(inner as Condition, [...path, key])
      : [];
  });
}

function notInAction(document: YamlDocument, path: YamlPath): HomelabError {
  return new HomelabError({
    code: 'playbook/not-in-action',
    message: `an action has no "${path.at(-1)}"`,
    hint: 'Actions run once, in their written order, when an item that names them in `on_change` has changed something.',
    source: document.locateKey(path),
  });
}
