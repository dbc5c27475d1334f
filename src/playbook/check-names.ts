import { HomelabError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { variableNameError } from '../inventory/names.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';
import type { RawItem } from './raw-item.js';

/** Names in `on_change` of an item that the play has no action for. */
export function checkActionNames(item: RawItem, actions: readonly string[]): HomelabError[] {
  const isList = Array.isArray(item.frame.on_change);
  return [...item.onChange.entries()]
    .filter(([, name]) => !actions.includes(name))
    .map(
      ([index, name]) =>
        new HomelabError({
          code: 'playbook/unknown-action',
          message: `the play has no action "${name}"`,
          hint: didYouMean(name, actions) ?? 'Write it under `actions` of the play.',
          source: item.document.locate([...item.path, 'on_change', ...(isList ? [index] : [])]),
        }),
    );
}

/** Ids that two items of a play have. `ids` are those of the items at `path`, undefined for an item without one. */
export function checkIds(document: YamlDocument, path: YamlPath, ids: readonly unknown[]): HomelabError[] {
  return [...ids.entries()].flatMap(([index, id]) => {
    const first = ids.indexOf(id);
    if (typeof id !== 'string' || first === index) return [];
    const { file, line, column } = document.locate([...path, first, 'id']);
    return new HomelabError({
      code: 'playbook/duplicate-id',
      message: `the id "${id}" is given twice in this play`,
      hint: `It is first given at ${file}:${line}:${column}.`,
      source: document.locate([...path, index, 'id']),
    });
  });
}

/** Variables of a play that no template could name. */
export function checkVariableNames(
  document: YamlDocument,
  path: YamlPath,
  names: readonly string[],
): HomelabError[] {
  return names.flatMap((name) => {
    const error = variableNameError(name, document.locateKey([...path, name]));
    if (error === undefined) return [];
    const { message, hint, source } = error;
    return new HomelabError({ code: 'playbook/variable-name', message, hint, source });
  });
}
