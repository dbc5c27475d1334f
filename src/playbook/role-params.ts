import { HomelabError, HomelabErrors } from '../core/errors.js';
import type { Variable } from '../core/host-config.js';
import { withPlaybookLayer } from '../inventory/variables.js';
import { UNKNOWN } from '../render/scope.js';
import { schemaProblems, type SchemaProblem } from '../yaml/schema-problems.js';
import type { Binding } from './binding.js';
import { certainProblems } from './item-params.js';
import { isMapping } from './loose-values.js';
import type { RawRole } from './raw-role.js';
import { renderAt, tryRenderAt } from './render-at.js';
import { holdsUnknown } from './unknown-values.js';

/** The parameters of a role on a host. */
export interface RoleParams {
  /** As the role's schema parsed them; made of examples where they depend on facts that are not known. */
  readonly value: unknown;
}

/**
 * The parameters that the play writes, and for those that it does not the ones in the variable that is named as the role.
 * Undefined where they depend on facts that are not known and examples do not make them right: then nothing can be said.
 * @throws HomelabErrors `render/…`, `playbook/parameter`: what is wrong whatever the facts are, in the play or in the
 *   variable, where it is written
 */
export function roleParams(raw: RawRole, binding: Binding): RoleParams | undefined {
  const { renderer, facts, values, exampleValues } = binding;
  const written = renderAt({ raw, at: [], context: values, renderer, facts }, raw.params);
  const wanted = withVariable(raw, binding, { written, vars: values.vars });
  const result = schemaProblems(wanted, raw.role.params);
  if (!holdsUnknown(wanted)) {
    if (result.isValid) return { value: result.value };
    throw problemsOf(raw, binding, result.problems);
  }
  const certain = certainProblems(result.problems, wanted);
  if (certain.length > 0) throw problemsOf(raw, binding, certain);
  const example = withVariable(raw, binding, {
    written: tryRenderAt({ raw, at: [], context: exampleValues, renderer, facts }, raw.params).value,
    vars: exampleValues.vars,
  });
  const exampleResult = schemaProblems(example, raw.role.params);
  return exampleResult.isValid ? { value: exampleResult.value } : undefined;
}

interface Written {
  readonly written: unknown;
  readonly vars: Readonly<Record<string, unknown>>;
}

/** What is written, over what the variable says. @throws HomelabError `playbook/parameter` where that is no mapping */
function withVariable(raw: RawRole, binding: Binding, { written, vars }: Written): unknown {
  const found = Object.hasOwn(vars, raw.variable) ? vars[raw.variable] : undefined;
  if (found === undefined || found === null) return written;
  if (found === UNKNOWN) return UNKNOWN;
  if (isMapping(found) && Object.getPrototypeOf(found) === Object.prototype)
    return { ...found, ...(written as object) };
  const variable = variableOf(raw, binding);
  throw new HomelabError({
    code: 'playbook/parameter',
    message: `the variable "${raw.variable}" holds parameters of the role ${raw.name}, so it has to be a mapping`,
    hint: `\`homelab roles ${raw.name}\` shows the parameters.`,
    source: variable?.placeOf?.([], 'value') ?? variable?.source,
  });
}

/** The variable with its place, as strong as it is in the play. */
function variableOf(raw: RawRole, { host, playVars }: Binding): Variable | undefined {
  return withPlaybookLayer(host.vars, playVars).get(raw.variable);
}

function problemsOf(raw: RawRole, binding: Binding, problems: readonly SchemaProblem[]): HomelabErrors {
  return new HomelabErrors(problems.map((problem) => problemAt(raw, binding, problem)));
}

/** The problem where the value is written: in the play, else in the variable. */
function problemAt(raw: RawRole, binding: Binding, problem: SchemaProblem): HomelabError {
  const { path, message, hint, isKey } = problem;
  const [key] = path;
  const inVariable = binding.values.vars[raw.variable];
  const isOfVariable = key !== undefined && isMapping(inVariable) && Object.hasOwn(inVariable, key);
  if (Object.hasOwn(raw.params, key ?? '') || !isOfVariable) {
    const whole = [...raw.path, ...path];
    const source = isKey ? raw.document.locateKey(whole) : raw.document.locate(whole);
    return new HomelabError({ code: 'playbook/parameter', message, hint, source });
  }
  const { source, placeOf, origin } = variableOf(raw, binding) ?? {};
  return new HomelabError({
    code: 'playbook/parameter',
    message: `${raw.variable}${source === undefined ? ` (${origin})` : ''}: ${message}`,
    hint,
    source: placeOf?.(path, isKey ? 'key' : 'value') ?? source ?? raw.source,
  });
}
