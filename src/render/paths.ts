import { nearestNames } from '../core/nearest.js';
import type { Findings } from './findings.js';
import { follow, type Found, type Scope } from './scope.js';
import type { TemplateSource } from './template-source.js';

/** Most names that a hint lists. */
const MOST_LISTED = 10;

/** Where a piece of template stands and what is known there. */
export interface Place {
  readonly template: TemplateSource;
  readonly findings: Findings;
  readonly scope: Scope;
}

/** A path that was looked up. */
export type Lookup =
  | { readonly isFound: true; readonly value: unknown }
  | { readonly isFound: false; readonly report: () => void; readonly isLastPart: boolean };

/** The value of a path such as `vars.x`, `../name`, `@index`, `this`; where there is none, how to report it. */
export function lookUp(path: hbs.AST.PathExpression, place: Place): Lookup {
  if (path.data) return lookUpData(path, place);
  const { scope, findings } = place;
  const [first = '', ...rest] = path.parts;
  const isScoped = /^(\.|this\b)/.test(path.original);
  if (path.depth === 0 && !isScoped && scope.blockParams.has(first)) {
    const found = follow(scope.blockParams.get(first), rest, scope.isLive);
    return toLookup(found, path, place, 1);
  }
  if (path.depth >= scope.contexts.length) {
    const message = `"${path.original}" goes up further than there are blocks around it`;
    const report = () =>
      findings.report(place.template, path, {
        code: 'render/undefined-variable',
        message,
        hint: '`../` leaves one {{#each}} or {{#with}}; {{#if}} does not count.',
      });
    return { isFound: false, report, isLastPart: false };
  }
  const context = scope.contexts[path.depth];
  if (findings.isRoot(context)) findings.refer(path.parts);
  return toLookup(follow(context, path.parts, scope.isLive), path, place, 0);
}

/** `@root.x`, and inside `each` `@index`, `@key`, `@first`, `@last`. */
function lookUpData(path: hbs.AST.PathExpression, place: Place): Lookup {
  const { scope, findings } = place;
  const [name = '', ...rest] = path.parts;
  if (name === 'root') {
    findings.refer(rest);
    return toLookup(follow(scope.root, rest, scope.isLive), path, place, 1);
  }
  const frame = scope.data[path.depth] ?? {};
  if (rest.length === 0 && Object.hasOwn(frame, name)) return { isFound: true, value: frame[name] };
  const report = () =>
    findings.report(place.template, path, {
      code: 'render/undefined-variable',
      message: `"${path.original}" is not defined here`,
      hint: 'There are @index, @key, @first and @last inside {{#each}}, and @root everywhere.',
    });
  return { isFound: false, report, isLastPart: false };
}

function toLookup(found: Found, path: hbs.AST.PathExpression, place: Place, skipped: number): Lookup {
  if (found.isFound) return { isFound: true, value: found.value };
  const index = found.index + skipped;
  return {
    isFound: false,
    isLastPart: index === path.parts.length - 1 && typeof found.holder === 'object' && found.holder !== null,
    report: () =>
      place.findings.report(place.template, path, {
        code: 'render/undefined-variable',
        message: `"${path.original}" is not defined`,
        hint: hintFor(path, index, found.holder, place.scope),
      }),
  };
}

function hintFor(path: hbs.AST.PathExpression, index: number, holder: unknown, scope: Scope): string {
  const part = path.parts[index] ?? '';
  const names = typeof holder === 'object' && holder !== null ? Object.keys(holder) : [];
  const prefix = prefixOf(path, index);
  const near = nearestNames(part, names).map((name) => prefix + name);
  if (near.length > 0) return `Did you mean ${orWords(near)}?`;
  const outer = scope.contexts.findIndex(
    (context, depth) => depth > path.depth && follow(context, path.parts, true).isFound,
  );
  if (!path.data && outer > path.depth)
    return `Inside a block names belong to its value; write ${'../'.repeat(outer)}${path.parts.join('.')}.`;
  if (typeof holder !== 'object' || holder === null)
    return `${prefix.replace(/[./]$/, '') || 'It'} is a plain value without names in it.`;
  if (names.length === 0) return `There are no names in ${prefix.replace(/[./]$/, '') || 'it'}.`;
  const listed = names.slice(0, MOST_LISTED).join(', ');
  return `Known there: ${listed}${names.length > MOST_LISTED ? ', …' : ''}.`;
}

/** The path up to the part that is missing, as written: `vars.`, `../`, `@root.`. */
function prefixOf(path: hbs.AST.PathExpression, index: number): string {
  const start = path.data ? '@' : '../'.repeat(path.depth);
  return (
    start +
    path.parts
      .slice(0, index)
      .map((part) => `${part}.`)
      .join('')
  );
}

function orWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
