import { HomelabError, HomelabErrors, type SourcePosition } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import type { AnyTask } from '../core/task.js';
import { hasTemplate } from '../render/render-value.js';
import { checkSchema } from '../yaml/check-schema.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';
import { checkActionKeys } from './action-frame.js';
import type { WrittenParams } from './written-params.js';
import { ITEM_KEYS, itemFrameSchema, type ItemFrame } from './schema.js';

/** The kinds there are, and those that the playbooks use. */
export interface KnownKinds {
  readonly names: readonly string[];
  readonly tasks: ReadonlyMap<string, AnyTask>;
}

/** An item as written: its frame checked, its kind known, its parameters still with templates in them. */
export interface RawItem {
  readonly document: YamlDocument;
  readonly path: YamlPath;
  /** Where it begins. */
  readonly source: SourcePosition;
  readonly frame: ItemFrame;
  readonly kind: string;
  readonly task: AnyTask;
  readonly params: unknown;
  /** The parameters as a schema takes them without any host; undefined where they are wrong, or templates decide. */
  readonly writtenParams: unknown;
  /** Whether something in the parameters is rendered. */
  readonly hasTemplates: boolean;
  readonly tags: readonly string[];
  readonly onChange: readonly string[];
  /** True for what stands under `actions`. */
  readonly isAction: boolean;
  /** True for what a role asks for: its texts are data, no templates. */
  readonly isData?: boolean | undefined;
}

/** Where an item is written, and what was found there. */
export interface ParsingPlace {
  readonly document: YamlDocument;
  readonly kinds: KnownKinds;
  readonly path: YamlPath;
  /** True for what stands under `actions`. */
  readonly isAction: boolean;
  /** The parameters of each kind it has, as they are written. */
  readonly written: ReadonlyMap<string, WrittenParams>;
}

/**
 * @throws HomelabErrors `playbook/unknown-key`, `playbook/no-kind`, `playbook/two-kinds`, `playbook/schema`, and for an
 *   action `playbook/not-in-action`
 */
export function parseItem(place: ParsingPlace, raw: Record<string, unknown>): RawItem {
  const { document, kinds, path } = place;
  const keys = Object.keys(raw).filter((key) => !key.startsWith('x-'));
  const found = keys.filter((key) => kinds.names.includes(key));
  const strangers = keys.filter((key) => !found.includes(key) && !ITEM_KEYS.includes(key));
  const errors = strangers.map((key) => unknownKey(place, key));
  if (found.length > 1) errors.push(twoKinds(place, found));
  if (found.length === 0 && strangers.length === 0) errors.push(noKind(place));
  const frameValue = Object.fromEntries(Object.entries(raw).filter(([key]) => ITEM_KEYS.includes(key)));
  const frame = checkSchema({
    document,
    path,
    value: frameValue,
    schema: itemFrameSchema,
    code: 'playbook/schema',
  });
  errors.push(...frame.errors);
  if (place.isAction && frame.isValid) errors.push(...checkActionKeys(document, path, frameValue));
  const [kind = ''] = found;
  const task = kinds.tasks.get(kind);
  if (errors.length > 0 || !frame.isValid || task === undefined) throw new HomelabErrors(errors);
  return {
    document,
    path,
    source: document.locate(path),
    frame: frame.value,
    kind,
    task,
    params: raw[kind] ?? {},
    hasTemplates: hasTemplate(raw[kind]),
    writtenParams: place.written.get(kind)?.params,
    tags: asList(frame.value.tags),
    onChange: asList(frame.value.on_change),
    isAction: place.isAction,
  };
}

/** What may be written as one or as a list. */
export function asList(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function unknownKey({ document, kinds, path }: ParsingPlace, key: string): HomelabError {
  return new HomelabError({
    code: 'playbook/unknown-key',
    message: `unknown kind or key "${key}"`,
    hint: didYouMean(key, [...kinds.names, ...ITEM_KEYS]) ?? '`homelab tasks` lists the kinds.',
    source: document.locateKey([...path, key]),
  });
}

function twoKinds({ document, path }: ParsingPlace, found: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'playbook/two-kinds',
    message: `an item has one kind, this one has ${found.join(' and ')}`,
    hint: 'Write two items.',
    source: document.locateKey([...path, found[1] ?? '']),
  });
}

function noKind({ document, path }: ParsingPlace): HomelabError {
  return new HomelabError({
    code: 'playbook/no-kind',
    message: 'the item has no kind (file, package, service, …)',
    hint: '`homelab tasks` lists the kinds.',
    source: document.locate(path),
  });
}
