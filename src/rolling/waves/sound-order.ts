/** Which comes before which, by number: pairs one after the other, `[before, after, before, after, …]`. */
export type Pairs = readonly number[];

/** Of each number, others. */
export type Links = readonly (readonly number[])[];

/** An order without circles. */
export interface SoundOrder {
  /** Of each number, those that come after it. */
  readonly after: Links;
  /** Of each number, those that the order says nothing of, because they go round with it. */
  readonly torn: Links;
}

/**
 * An order of `count` numbers: of the pairs of each class, the strongest class first, all but those that go round with
 * others of the same or a stronger one.
 */
export function soundOrder(count: number, classes: readonly Pairs[]): SoundOrder {
  const after: number[][] = Array.from({ length: count }, () => []);
  const torn: number[][] = Array.from({ length: count }, () => []);
  for (const pairs of classes) {
    const tried = after.map((list) => [...list]);
    eachPair(pairs, (before, next) => tried[before]?.push(next));
    const circle = circlesOf(tried);
    // What is in two circles cannot go round: the stronger classes among themselves do not, either.
    eachPair(pairs, (before, next) => {
      if (circle[before] !== circle[next]) after[before]?.push(next);
      else {
        torn[before]?.push(next);
        torn[next]?.push(before);
      }
    });
  }
  return { after: after.map(onlyOnce), torn: torn.map(onlyOnce) };
}

function onlyOnce(list: readonly number[]): readonly number[] {
  return [...new Set(list)];
}

function eachPair(pairs: Pairs, take: (before: number, after: number) => void): void {
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [before = 0, after = 0] = [pairs[index], pairs[index + 1]];
    if (before !== after) take(before, after);
  }
}

/** Numbers that lead to each other have the same mark: Tarjan's strongly connected components, without recursion. */
function circlesOf(order: Links): readonly number[] {
  const walk: Walk = {
    order,
    marks: order.map(() => -1),
    seen: order.map(() => -1),
    lowest: order.map(() => 0),
    open: [],
    way: [],
    count: 0,
  };
  for (let start = 0; start < order.length; start++) {
    if (walk.seen[start] !== -1) continue;
    enter(walk, start);
    while (walk.way.length > 0) goOn(walk);
  }
  return walk.marks;
}

interface Walk {
  readonly order: Links;
  readonly marks: number[];
  /** When each was first seen; -1: not yet. */
  readonly seen: number[];
  /** The earliest that each leads back to. */
  readonly lowest: number[];
  /** Seen, but in no circle yet. */
  readonly open: number[];
  readonly way: { readonly at: number; next: number }[];
  count: number;
}

function enter(walk: Walk, at: number): void {
  walk.seen[at] = walk.count;
  walk.lowest[at] = walk.count++;
  walk.open.push(at);
  walk.way.push({ at, next: 0 });
}

function goOn(walk: Walk): void {
  const step = walk.way.at(-1);
  if (step === undefined) return;
  const { at } = step;
  const next = walk.order[at]?.[step.next++];
  if (next === undefined) {
    leave(walk, at);
    return;
  }
  if (walk.seen[next] === -1) enter(walk, next);
  else if (walk.marks[next] === -1) lower(walk, at, walk.seen[next] ?? 0);
}

function leave(walk: Walk, at: number): void {
  walk.way.pop();
  const before = walk.way.at(-1)?.at;
  if (before !== undefined) lower(walk, before, walk.lowest[at] ?? 0);
  if (walk.lowest[at] !== walk.seen[at]) return;
  let one: number | undefined;
  do {
    one = walk.open.pop();
    if (one !== undefined) walk.marks[one] = at;
  } while (one !== undefined && one !== at);
}

function lower(walk: Walk, at: number, to: number): void {
  walk.lowest[at] = Math.min(walk.lowest[at] ?? to, to);
}
