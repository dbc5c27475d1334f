import { HomelabError } from '../core/errors.js';
import type { RawItem } from './raw-item.js';

/** The mistake of an item whose parameters ask for what only an action may do; undefined where it is none. */
export function actionAsItem(raw: RawItem, params: unknown): HomelabError | undefined {
  if (raw.task.isAction?.(params) !== true || raw.isAction || waitsForChange(raw)) return undefined;
  return new HomelabError({
    code: 'playbook/action-as-item',
    message: 'a restart, a reload or a reboot is not a state: as an item it would be done on every run',
    hint: 'Write it under `actions` of the play and name it in `on_change` of what it depends on, or give it `when: { changed: ID }`.',
    source: raw.document.locate([...raw.path, raw.kind]),
  });
}

/** Whether the item is left out unless another has changed something: then it is done no more often than an action. */
function waitsForChange({ frame }: RawItem): boolean {
  return frame.when !== undefined && 'changed' in frame.when;
}
