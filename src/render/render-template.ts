import type { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { branchesOf } from './blocks.js';
import { evaluate, evaluateMustache } from './expressions.js';
import { Findings } from './findings.js';
import { parseTemplate } from './parse-template.js';
import { findPartial, NO_PARTIALS, type PartialSource } from './partials.js';
import type { Place } from './paths.js';
import { rootScope, UNKNOWN, type Scope } from './scope.js';
import type { TemplateSource } from './template-source.js';

/** What became of a template for one context. */
export interface TemplateResult {
  /** Of no use where there are errors. A secret where one was put in, or where the template is one. */
  readonly text: string | Secret;
  readonly errors: readonly HomelabError[];
  /** Names from the root of the context that the text or its partials mention, e.g. `facts.os.name`. */
  readonly references: ReadonlySet<string>;
}

/** A template on its way through the walk. */
interface Walk {
  readonly template: TemplateSource;
  readonly findings: Findings;
  readonly partials: PartialSource;
  /** Names of the partials that are being walked. */
  readonly open: readonly string[];
}

/**
 * Renders a template and checks all of it in the same walk, branches that are not taken too: names that do not exist,
 * unknown functions, blocks and partials, and values that are no text. Handlebars parses; the values are put in here,
 * because its runtime is silent about missing lists and conditions and adds numbers that stand side by side.
 * Values are inserted as they are: nothing is escaped, and nothing in a value is ever a template.
 */
export function renderTemplate(
  template: TemplateSource,
  context: Readonly<Record<string, unknown>>,
  partials: PartialSource = NO_PARTIALS,
): TemplateResult {
  const findings = new Findings(context);
  const walking = { template, findings, partials, open: [] };
  const text = findings.collect(() => walkTemplate(walking, rootScope(context))) ?? '';
  const isSecret = findings.hasSecret || template.isSecret === true;
  return {
    text: isSecret ? new Secret(text) : text,
    errors: findings.errors,
    references: findings.references,
  };
}

/** A text that is one `{{…}}` and nothing else, with the value it stands for. */
export interface SoleValue {
  /** Of no meaning where there are errors. */
  readonly value: unknown;
  readonly errors: readonly HomelabError[];
  readonly references: ReadonlySet<string>;
}

/** The value of a text that is exactly one `{{…}}`, whatever its type; undefined for any other text. */
export function evaluateSole(
  template: TemplateSource,
  context: Readonly<Record<string, unknown>>,
): SoleValue | undefined {
  // Most texts begin with something else: then there is no tree to look at.
  if (!template.text.startsWith('{{')) return undefined;
  const findings = new Findings(context);
  const tree = findings.collect(() => parseTemplate(template));
  const [sole, ...others] = tree?.body ?? [];
  if (sole?.type !== 'MustacheStatement' || others.length > 0) return undefined;
  const place = { template, findings, scope: rootScope(context) };
  const value = findings.collect(() => evaluateMustache(sole as hbs.AST.MustacheStatement, place));
  return { value, errors: findings.errors, references: findings.references };
}

function walkTemplate(walking: Walk, scope: Scope): string {
  const tree = walking.findings.collect(() => parseTemplate(walking.template));
  return tree === undefined ? '' : walk(tree, walking, scope);
}

/** The text of a part; empty in a branch that is not taken, which is walked all the same. */
function walk(program: hbs.AST.Program, walking: Walk, scope: Scope): string {
  return program.body.map((statement) => walkStatement(statement, walking, scope)).join('');
}

function walkStatement(statement: hbs.AST.Statement, walking: Walk, scope: Scope): string {
  const { template, findings } = walking;
  const place = { template, findings, scope };
  switch (statement.type) {
    case 'ContentStatement':
      return scope.isLive ? (statement as hbs.AST.ContentStatement).value : '';
    case 'CommentStatement':
      return '';
    case 'MustacheStatement':
      return textOf(evaluateMustache(statement as hbs.AST.MustacheStatement, place), statement, place);
    case 'BlockStatement':
      return branchesOf(statement as hbs.AST.BlockStatement, place)
        .map((branch) => walk(branch.program, walking, branch.scope))
        .join('');
    case 'PartialStatement':
      return walkPartial(statement as hbs.AST.PartialStatement, walking, scope);
    default:
      findings.report(template, statement, {
        code: 'render/unsupported',
        message: 'inline partials, partial blocks and decorators are not supported',
        hint: 'Put the part into a file of its own and write {{> name}}.',
      });
      return '';
  }
}

function walkPartial(statement: hbs.AST.PartialStatement, walking: Walk, scope: Scope): string {
  const { template, findings, partials, open } = walking;
  const found = findPartial(statement, partials, open);
  if (!found.isFound) {
    findings.report(template, statement, found);
    return '';
  }
  const place = { template, findings, scope };
  const [param] = statement.params;
  const context = param === undefined ? scope.contexts[0] : evaluate(param, place);
  const own = (statement.hash?.pairs ?? []).map((pair) => [pair.key, evaluate(pair.value, place)] as const);
  const whole = withOwnValues(context, own);
  if (findings.isRoot(context)) findings.addRoot(whole);
  if (found.template.isSecret === true && scope.isLive) findings.noteSecret();
  const inner: Walk = { ...walking, template: found.template, open: [...open, found.template.name] };
  const text = walkTemplate(inner, { ...scope, contexts: [whole], blockParams: new Map() });
  return indented(text, statement.indent);
}

/** Each line behind what stands before the partial; an end of line at the end begins no further line. */
function indented(text: string, indent: string): string {
  if (indent === '') return text;
  const lines = text.split('\n');
  return lines.map((line, at) => (line === '' && at === lines.length - 1 ? '' : indent + line)).join('\n');
}

function withOwnValues(context: unknown, own: readonly (readonly [string, unknown])[]): unknown {
  if (own.length === 0 || context === UNKNOWN) return context;
  return { ...(typeof context === 'object' ? context : {}), ...Object.fromEntries(own) };
}

/** Nothing prints as nothing. Lists and mappings have no text of their own; a secret makes the whole text one. */
function textOf(value: unknown, node: hbs.AST.Node, { template, findings, scope }: Place): string {
  if (!scope.isLive || value === UNKNOWN || value === null || value === undefined) return '';
  if (typeof value !== 'object') return `${value as string | number | boolean}`;
  if (value instanceof Secret) {
    findings.noteSecret();
    return value.reveal();
  }
  const what = Array.isArray(value) ? 'a list' : 'a mapping';
  const hint = Array.isArray(value)
    ? 'Write {{join NAME ", "}}, {{#each NAME}} or {{json NAME}}.'
    : 'Name one of its values, or write {{json NAME}}.';
  findings.report(template, node, {
    code: 'render/not-text',
    message: `${what} cannot be printed as it is`,
    hint,
  });
  return '';
}
