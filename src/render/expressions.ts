import { didYouMean } from '../core/nearest.js';
import { Secret } from '../core/secret.js';
import { lookUp, type Place } from './paths.js';
import { UNKNOWN } from './scope.js';
import {
  BadArgument,
  holdsSecret,
  TEMPLATE_FUNCTIONS,
  type TemplateFunction,
  withoutMask,
} from './template-functions.js';

/** Blocks there are. */
export const BLOCKS: readonly string[] = ['if', 'unless', 'each', 'with'];

/** Something called by name with values: a mustache, a subexpression. */
interface Call {
  readonly path: hbs.AST.PathExpression;
  readonly params: readonly hbs.AST.Expression[];
  readonly hash?: hbs.AST.Hash | undefined;
}

/** The value of an expression; {@link UNKNOWN} where it is reported as a mistake or cannot be known here. */
export function evaluate(expression: hbs.AST.Expression, place: Place): unknown {
  switch (expression.type) {
    case 'PathExpression':
      return valueOf(expression as hbs.AST.PathExpression, place);
    case 'SubExpression':
      return evaluateCall(expression as hbs.AST.SubExpression, place);
    case 'NullLiteral':
      return null;
    case 'UndefinedLiteral':
      return undefined;
    default:
      return (expression as hbs.AST.StringLiteral).value;
  }
}

/** The value of `{{…}}`: of a name, or of a function called with values. */
export function evaluateMustache(mustache: hbs.AST.MustacheStatement, place: Place): unknown {
  if (mustache.path.type !== 'PathExpression') {
    const hint = 'Write the text itself, without {{ and }}.';
    place.findings.report(place.template, mustache, {
      code: 'render/syntax',
      message: 'a value stands here without a name',
      hint,
    });
    return UNKNOWN;
  }
  const path = mustache.path as hbs.AST.PathExpression;
  const isPlainName = mustache.params.length === 0 && !hasHash(mustache.hash);
  if (isPlainName && !isFunctionName(path, place)) return valueOf(path, place);
  return evaluateCall({ path, params: mustache.params, hash: mustache.hash }, place);
}

function isFunctionName(path: hbs.AST.PathExpression, { scope }: Place): boolean {
  const [name = ''] = path.parts;
  const isSimple = path.parts.length === 1 && path.depth === 0 && !path.data && path.original === name;
  return isSimple && !scope.blockParams.has(name) && (TEMPLATE_FUNCTIONS.has(name) || BLOCKS.includes(name));
}

function hasHash(hash: hbs.AST.Hash | undefined): boolean {
  return (hash?.pairs.length ?? 0) > 0;
}

function valueOf(path: hbs.AST.PathExpression, place: Place): unknown {
  const found = lookUp(path, place);
  if (found.isFound) return found.value;
  found.report();
  return UNKNOWN;
}

function evaluateCall({ path, params, hash }: Call, place: Place): unknown {
  const name = path.original;
  const called = TEMPLATE_FUNCTIONS.get(name);
  if (called === undefined) {
    reportUnknownFunction(path, place);
    return UNKNOWN;
  }
  if (params.length < called.least || params.length > called.most || hasHash(hash)) {
    place.findings.report(place.template, path, {
      code: 'render/bad-argument',
      message: `${name} is called with the wrong number of values`,
      hint: `Write {{${called.usage}}}. For a variable of that name, write {{this.${name}}}.`,
    });
    return UNKNOWN;
  }
  const values = params.map((param, index) =>
    name === 'default' && index === 0 ? valueOrNothing(param, place) : evaluate(param, place),
  );
  if (values.includes(UNKNOWN)) return UNKNOWN;
  return call({ name, called, values, path }, place);
}

/** The first value of `default`: its last part may be missing, what it is looked for in may not. */
function valueOrNothing(expression: hbs.AST.Expression, place: Place): unknown {
  if (expression.type !== 'PathExpression') return evaluate(expression, place);
  const found = lookUp(expression as hbs.AST.PathExpression, place);
  if (found.isFound) return found.value;
  if (found.isLastPart) return undefined;
  found.report();
  return UNKNOWN;
}

interface ReadyCall {
  readonly name: string;
  readonly called: TemplateFunction;
  readonly values: readonly unknown[];
  readonly path: hbs.AST.PathExpression;
}

function call({ name, called, values, path }: ReadyCall, place: Place): unknown {
  const report = (code: string, message: string, hint: string) => {
    if (place.scope.isLive) place.findings.report(place.template, path, { code, message, hint });
    return UNKNOWN;
  };
  const hasSecret = called.secrets !== 'pass' && values.some(holdsSecret);
  if (hasSecret && called.secrets === undefined)
    return report(
      'render/secret-shown',
      `${name} may not read a secret: what it answers would tell of it`,
      SECRET_HINT,
    );
  try {
    return hasSecret ? new Secret(String(called.call(...values.map(withoutMask)))) : called.call(...values);
  } catch (thrown) {
    if (!(thrown instanceof BadArgument)) throw thrown;
    return report('render/bad-argument', `${name}: ${thrown.message}`, `Write {{${called.usage}}}.`);
  }
}

/** What to do with a secret in a template. */
const SECRET_HINT =
  'A secret can be put into a text, which is secret then; {{default}}, {{lookup}}, {{json}}, {{join}} and {{quote}} take one.';

function reportUnknownFunction(path: hbs.AST.PathExpression, { template, findings }: Place): void {
  const name = path.original;
  const known = [...TEMPLATE_FUNCTIONS.keys()];
  const hint = BLOCKS.includes(name)
    ? `It is a block: {{#${name} …}} … {{/${name}}}.`
    : (didYouMean(name, known) ?? `There are ${known.join(', ')}.`);
  const message = BLOCKS.includes(name) ? `"${name}" is not a function` : `there is no function "${name}"`;
  findings.report(template, path, { code: 'render/unknown-function', message, hint });
}
