/**
 * The circles in a graph of names, each once, as the way round: `[a, b, a]`. `next` gives the names that follow one;
 * names that it does not know follow nothing.
 */
export function findCircles(
  names: Iterable<string>,
  next: (name: string) => readonly string[],
): readonly (readonly string[])[] {
  const circles: string[][] = [];
  const finished = new Set<string>();
  for (const start of names) {
    // A way as an explicit stack: chains may be longer than the call stack is deep.
    const way = [{ name: start, following: [...next(start)] }];
    const onWay = new Set([start]);
    if (finished.has(start)) continue;
    while (way.length > 0) {
      const top = way.at(-1);
      const following = top?.following.shift();
      if (following === undefined) {
        const left = way.pop()?.name ?? '';
        onWay.delete(left);
        finished.add(left);
      } else if (onWay.has(following)) {
        const begin = way.findIndex(({ name }) => name === following);
        circles.push([...way.slice(begin).map(({ name }) => name), following]);
      } else if (!finished.has(following)) {
        onWay.add(following);
        way.push({ name: following, following: [...next(following)] });
      }
    }
  }
  return circles;
}
