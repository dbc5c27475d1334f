import type { Topology } from '../core/topology.js';
import type { WavePlan } from '../core/waves.js';
import { visibleLine } from './sanitize.js';
import { needEdges, type NeedKind } from './waves-graph.js';

const ARROWS: Readonly<Record<NeedKind, string>> = {
  via: '-. via .->',
  'runs on': '== runs on ==>',
  'depends on': '-- depends on -->',
};

/**
 * The waves as a flowchart of Mermaid: a subgraph for each wave, one after the other, and arrows from hosts to what they need.
 * Names are labels only, so nothing in them is read as Mermaid or HTML. Ends with a newline.
 */
export function wavesMermaid(plan: WavePlan, topology: Topology): string {
  const names = plan.waves.flatMap(({ hosts }) => hosts.map(({ host }) => host));
  const ids = new Map(names.map((name, index) => [name, `h${index}`]));
  const subgraphs = plan.waves.flatMap(({ hosts }, index) => [
    `  subgraph w${index}["wave ${index + 1}"]`,
    ...hosts.map(({ host }) => `    ${ids.get(host)}["${label(host)}"]`),
    '  end',
  ]);
  const order = plan.waves.slice(1).map((_wave, index) => `  w${index} ~~~ w${index + 1}`);
  const edges = needEdges(plan, topology).map(
    ({ from, to, kind }) => `  ${ids.get(from)} ${ARROWS[kind]} ${ids.get(to)}`,
  );
  return ['flowchart LR', ...subgraphs, ...order, ...edges].map((line) => `${line}\n`).join('');
}

/** Mermaid knows characters by number as `#65;` in any text between quotes; letters, digits and a few marks mean nothing there. */
function label(name: string): string {
  return visibleLine(name).replace(
    /[^\p{L}\p{N} ._-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  );
}
