import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';

/** Something YAML allows and this project does not, at an offset of the file. */
export interface Objection {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Another place the hint is about: the key's first appearance. */
  readonly otherOffset?: number | undefined;
}

/** Values that aliases may add to what is written, before it counts as a bomb. */
const MOST_ALIASED_VALUES = 10_000;

/**
 * Every construct of `tree` that would silently mean something else than its author thinks, or harm: keys given
 * twice, `__proto__`, merge keys, circular aliases and alias bombs, numbers that lose digits.
 */
export function objectionsTo(tree: Document.Parsed): Objection[] {
  const inspection = new Inspection(tree);
  inspection.measure(tree.contents);
  return inspection.objections;
}

/** One walk over what is written. Aliases are counted, not followed: that is what makes a bomb harmless. */
class Inspection {
  readonly objections: Objection[] = [];
  readonly #tree: Document.Parsed;
  readonly #sizes = new Map<Node, number | 'open'>();
  #aliasedValues = 0;

  constructor(tree: Document.Parsed) {
    this.#tree = tree;
  }

  /** How many values `node` stands for, aliases written out. */
  measure(node: unknown): number {
    if (isAlias(node)) return this.#measureAlias(node);
    if (isScalar(node)) {
      this.objections.push(...objectionsToScalar(node));
      return 1;
    }
    if (!isMap(node) && !isSeq(node)) return 0;
    this.#sizes.set(node, 'open');
    if (isMap(node)) this.objections.push(...objectionsToKeys(node));
    let size = 1;
    for (const item of node.items) size += this.measure(isPair(item) ? item.value : item);
    this.#sizes.set(node, size);
    return size;
  }

  #measureAlias(alias: Alias): number {
    const offset = alias.range?.[0] ?? 0;
    const target = alias.resolve(this.#tree);
    const size = target === undefined ? 0 : (this.#sizes.get(target) ?? 1);
    if (target === undefined)
      this.objections.push({ offset, message: `no anchor &${alias.source} before this alias` });
    if (size === 'open') {
      this.objections.push({ offset, message: `the alias *${alias.source} contains itself` });
      return 0;
    }
    if (this.#aliasedValues > MOST_ALIASED_VALUES) return 0;
    this.#aliasedValues += size;
    if (this.#aliasedValues <= MOST_ALIASED_VALUES) return size;
    const hint = 'Write the values out.';
    this.objections.push({ offset, message: 'aliases multiply this file beyond any use', hint });
    return 0;
  }
}

function objectionsToKeys(map: YAMLMap): Objection[] {
  const firstOffsets = new Map<string, number>();
  return map.items.flatMap((pair: Pair): Objection[] => {
    if (!isScalar(pair.key)) return [];
    const name = String(pair.key.value);
    const offset = pair.key.range?.[0] ?? 0;
    const first = firstOffsets.get(name);
    if (first !== undefined)
      return [{ offset, message: `the key "${name}" is given twice`, otherOffset: first }];
    firstOffsets.set(name, offset);
    if (name === '__proto__') return [{ offset, message: 'the key "__proto__" is not allowed' }];
    if (name === '<<' && pair.key.type === 'PLAIN') {
      const hint = 'YAML 1.2 has none: repeat the keys, or put shared values into `vars` of a group.';
      return [{ offset, message: 'merge keys (<<) are not supported', hint }];
    }
    return [];
  });
}

function objectionsToScalar({ value, source = '', range, type }: Scalar): Objection[] {
  if (typeof value !== 'number' || type !== 'PLAIN') return [];
  const offset = range?.[0] ?? 0;
  if (/^[-+]?0[0-9]+$/.test(source)) {
    const hint = `Quote it: '${source}'. Where an octal number is meant, write 0o${source.replace(/^[-+]?0+/, '')}.`;
    return [{ offset, message: `${source} would be read as the decimal number ${value}`, hint }];
  }
  if (/^[-+]?[0-9]+$/.test(source) && !Number.isSafeInteger(value)) {
    const hint = `Quote it: '${source}'.`;
    return [{ offset, message: `${source} is too large for a number and would lose digits`, hint }];
  }
  return [];
}
