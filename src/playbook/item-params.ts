import { HomelabErrors, type HomelabError } from '../core/errors.js';
import type { Facts } from '../core/facts.js';
import type { Renderer, TemplateContext } from '../render/renderer.js';
import { toErrors } from '../yaml/check-schema.js';
import type { YamlDocument, YamlPath } from '../yaml/document.js';
import type { SchemaProblem } from '../yaml/schema-problems.js';
import type { RawItem } from './raw-item.js';
import { parseForItem } from './parse-for-item.js';
import { renderAt, tryRenderAt, type RenderingPlace } from './render-at.js';
import { holdsUnknown } from './unknown-values.js';

export interface ParamsSource {
  readonly raw: RawItem;
  readonly context: TemplateContext;
  /** The same with example facts. */
  readonly exampleContext: () => TemplateContext;
  readonly renderer: Renderer;
  readonly facts: Facts | undefined;
}

export interface CheckedParams {
  /** As the kind's schema parsed them; where they depend on facts that are not known, made of examples. */
  readonly params: unknown;
  /** As rendered, with what is unknown still marked. */
  readonly rendered: unknown;
}

/**
 * The parameters of an item. Undefined where they depend on facts that are not known and not even examples make them
 * right: then nothing can be said, but that a secret may not be seen.
 * @throws HomelabErrors `render/…`, `playbook/parameter`: everything that is wrong whatever the facts are
 */
export function checkedParams(source: ParamsSource): CheckedParams | undefined {
  const { raw, context } = source;
  if (!raw.hasTemplates && raw.writtenParams !== undefined)
    return { params: raw.writtenParams, rendered: raw.params };
  const rendered = renderParams(source, context, renderAt);
  const result = parseForItem(raw, rendered);
  if (result.isValid) return { params: result.value, rendered };
  const place = { document: raw.document, path: [...raw.path, raw.kind] };
  const errors = certainErrors(result.problems, rendered, place);
  if (errors.length > 0) throw new HomelabErrors(errors);
  const example = renderParams(source, source.exampleContext(), (at, value) => tryRenderAt(at, value).value);
  const exampleResult = parseForItem(raw, example);
  if (exampleResult.isValid) return { params: exampleResult.value, rendered };
  const seen = exampleResult.problems.filter(({ isSecretSeen }) => isSecretSeen);
  if (seen.length > 0) throw new HomelabErrors(parameterErrors(seen, place));
  return undefined;
}

/** `validate` names its candidate like a variable, and nothing else can; the engine puts the path in. */
function renderParams(
  { raw, renderer, facts }: ParamsSource,
  context: TemplateContext,
  render: (place: RenderingPlace, value: unknown) => unknown,
): unknown {
  const { params } = raw;
  const place = { raw, at: [raw.kind], context, renderer, facts };
  if (typeof params !== 'object' || params === null || !('validate' in params)) return render(place, params);
  const { validate, ...others } = params;
  const candidateContext = { ...context, candidate: '{{candidate}}' };
  return {
    ...(render(place, others) as object),
    validate: render({ ...place, at: [raw.kind, 'validate'], context: candidateContext }, validate),
  };
}

/** What is wrong with parameters written at `path`, whatever becomes of what is unknown in them. */
export function certainErrors(
  problems: readonly SchemaProblem[],
  params: unknown,
  place: ParamsPlace,
): HomelabError[] {
  return parameterErrors(certainProblems(problems, params), place);
}

/** The problems that are some whatever becomes of what is unknown in the parameters. */
export function certainProblems(problems: readonly SchemaProblem[], params: unknown): SchemaProblem[] {
  return problems.filter((problem) => !isOpen(problem, params)).filter(isCause);
}

interface ParamsPlace {
  readonly document: YamlDocument;
  readonly path: YamlPath;
}

function parameterErrors(
  problems: readonly SchemaProblem[],
  { document, path }: ParamsPlace,
): HomelabError[] {
  return toErrors({ document, basePath: path, problems, code: 'playbook/parameter' });
}

/** A wrong key is enough said: that the whole then lacks something follows from it. */
function isCause({ path, isKey }: SchemaProblem, _index: number, all: readonly SchemaProblem[]): boolean {
  return isKey || path.length > 0 || !all.some((one) => one.isKey);
}

/** Whether a problem may be none once the facts are known: its value is unknown, or holds something that is. */
function isOpen({ path, isKey }: SchemaProblem, rendered: unknown): boolean {
  if (isKey) return false;
  const value = path.reduce<unknown>(
    (found, part) => (found as Record<string | number, unknown> | null | undefined)?.[part],
    rendered,
  );
  return holdsUnknown(value);
}
