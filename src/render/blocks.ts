import { didYouMean } from '../core/nearest.js';
import { Secret } from '../core/secret.js';
import { BLOCKS, evaluate } from './expressions.js';
import type { Place } from './paths.js';
import { enter, isEmpty, UNKNOWN, withBlockParams, type Scope } from './scope.js';

/** A part of a block and what its names mean. A list's part is there once for each item. */
export interface Branch {
  readonly program: hbs.AST.Program;
  readonly scope: Scope;
}

/** Every branch of a block, those that are not taken too; empty where the block itself is a mistake. */
export function branchesOf(block: hbs.AST.BlockStatement, place: Place): Branch[] {
  const name = block.path.original;
  const [param] = block.params;
  if (!BLOCKS.includes(name)) {
    reportUnknownBlock(block, place);
    return [];
  }
  if (param === undefined || block.params.length > 1) {
    place.findings.report(place.template, block, {
      code: 'render/bad-argument',
      message: `{{#${name}}} takes exactly one value`,
      hint: `Write {{#${name} NAME}}, or {{#${name} (function VALUE …)}}.`,
    });
    return [];
  }
  const value = evaluate(param, place);
  if (name === 'each') return eachBranches(block, value, place);
  if (name === 'with') return withBranches(block, value, place.scope);
  const isTrue = isEmpty(value, hasIncludeZero(block)) === (name === 'unless');
  return [
    ...branch(block.program, quieter(place.scope, value !== UNKNOWN && isTrue)),
    ...branch(block.inverse, quieter(place.scope, value !== UNKNOWN && !isTrue)),
  ];
}

function eachBranches(block: hbs.AST.BlockStatement, value: unknown, place: Place): Branch[] {
  const { scope } = place;
  const isHolder = typeof value === 'object' && value !== null && !(value instanceof Secret);
  if (!isHolder && value !== UNKNOWN && !isEmpty(value, false) && scope.isLive) {
    place.findings.report(place.template, block.params[0] ?? block, {
      code: 'render/not-a-list',
      message: '{{#each}} needs a list or a mapping',
      hint: 'For a single value write {{#with}} or {{#if}}.',
    });
  }
  const entries = isHolder ? Object.entries(value) : [];
  const inverse = branch(block.inverse, quieter(scope, value !== UNKNOWN && entries.length === 0));
  if (entries.length === 0) return [...itemBranch(block, scope, { ...NO_FRAME, value: UNKNOWN }), ...inverse];
  const isList = Array.isArray(value);
  const items = entries.flatMap(([key, item], index) =>
    itemBranch(block, scope, {
      key: isList ? index : key,
      index,
      first: index === 0,
      last: index === entries.length - 1,
      value: item,
    }),
  );
  return [...items, ...inverse];
}

/** What `@` names mean inside a list without items. */
const NO_FRAME = { key: UNKNOWN, index: UNKNOWN, first: UNKNOWN, last: UNKNOWN };

function itemBranch(
  block: hbs.AST.BlockStatement,
  scope: Scope,
  item: Readonly<Record<'key' | 'index' | 'first' | 'last' | 'value', unknown>>,
): Branch[] {
  const { value, ...data } = item;
  const inner = enter(scope, value, { data, isLive: item.key !== UNKNOWN });
  return branch(block.program, withBlockParams(inner, block.program?.blockParams ?? [], [value, item.key]));
}

function withBranches(block: hbs.AST.BlockStatement, value: unknown, scope: Scope): Branch[] {
  const isNothing = value !== UNKNOWN && isEmpty(value, true);
  const inner = enter(scope, isNothing ? UNKNOWN : value, { isLive: !isNothing && value !== UNKNOWN });
  const named = withBlockParams(inner, block.program?.blockParams ?? [], [isNothing ? UNKNOWN : value]);
  return [...branch(block.program, named), ...branch(block.inverse, quieter(scope, isNothing))];
}

/** A block may be without either part: `{{^if x}}…{{/if}}` has no program. */
function branch(program: hbs.AST.Program | undefined, scope: Scope): Branch[] {
  return program === undefined ? [] : [{ program, scope }];
}

function quieter(scope: Scope, isLive: boolean): Scope {
  return { ...scope, isLive: scope.isLive && isLive };
}

function hasIncludeZero(block: hbs.AST.BlockStatement): boolean {
  return (block.hash?.pairs ?? []).some((pair) => pair.key === 'includeZero');
}

function reportUnknownBlock(block: hbs.AST.BlockStatement, { template, findings }: Place): void {
  const name = block.path.original;
  const listed = BLOCKS.map((known) => `{{#${known}}}`).join(', ');
  findings.report(template, block, {
    code: 'render/unknown-block',
    message: `there is no block "${name}"`,
    hint: didYouMean(name, BLOCKS) ?? `There are ${listed}. For a variable write {{#if ${name}}}.`,
  });
}
