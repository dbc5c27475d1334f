import { HomelabError } from '../core/errors.js';
import { UNKNOWN } from '../render/scope.js';
import type { Binding } from './binding.js';
import type { RawItem } from './raw-item.js';
import { renderAt, tryRenderAt, type RenderingPlace } from './render-at.js';
import { mentionsResults, resultsOf } from './results.js';

/** What an element of `each` adds to the values: its `item`. Nothing where there is no `each`. */
export type Element = Readonly<Record<string, unknown>>;

/** One for each element of `each`, or one of nothing. @throws HomelabError, HomelabErrors `playbook/…`, `render/…` */
export function elementsOf(raw: RawItem, binding: Binding): readonly Element[] {
  const { each } = raw.frame;
  if (each === undefined) return [{}];
  const context = { ...binding.values, ...resultsOf(binding.printing, undefined).scope };
  refuseResults({ raw, at: ['each'], context, ...binding }, each);
  const render = (value: unknown, at: readonly (string | number)[]): unknown =>
    renderAt({ raw, at, context, ...binding }, value);
  if (typeof each !== 'string') return each.map((value, index) => ({ item: render(value, ['each', index]) }));
  const list = render(each, ['each']);
  if (Array.isArray(list)) return list.map((item: unknown) => ({ item }));
  if (list === UNKNOWN) return [{ item: UNKNOWN }];
  throw new HomelabError({
    code: 'playbook/each-no-list',
    message: '`each` takes a list, or {{vars.NAME}} of a variable that holds one',
    hint: 'Write [a, b], or the variable alone in quotes.',
    source: raw.document.locate([...raw.path, 'each']),
  });
}

/** @throws HomelabError `playbook/results-in-each`: how many items there are has to be known before any runs */
function refuseResults(place: RenderingPlace, value: unknown): void {
  if (!mentionsResults(tryRenderAt(place, value).references)) return;
  const { raw, at } = place;
  throw new HomelabError({
    code: 'playbook/results-in-each',
    message: '`each` cannot be made of results: how many items there are is known before any of them runs',
    hint: 'Let one command go through the list itself.',
    source: raw.document.locate([...raw.path, ...at]),
  });
}
