import type { Topology } from '../core/topology.js';
import type { WavePlan } from '../core/waves.js';
import { visibleLine } from './sanitize.js';
import { textWidth } from './text-width.js';
import { needEdges, type NeedKind } from './waves-graph.js';

/** All lengths in pixels. A column of monospaced 13 px text is about 7.8 px wide. */
const COLUMN = 7.8;
const PADDING = 12;
const BOX_HEIGHT = 28;
const ROW = 40;
const GAP = 70;
const MARGIN = 16;
const HEAD = 30;
const LEGEND = 30;

const STYLE = `text{font:13px ui-monospace,monospace;fill:#1f2328}
.wave{fill:#f6f8fa;stroke:#d1d9e0}.host{fill:#fff;stroke:#59636e}.title{fill:#59636e}
path{fill:none;stroke-width:1.5}
.via{stroke:#8250df;stroke-dasharray:5 3}.runs-on{stroke:#0969da}.depends-on{stroke:#9a6700}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.wave{fill:#151b23;stroke:#3d444d}.host{fill:#0d1117;stroke:#9198a1}
.title{fill:#9198a1}.via{stroke:#ab7df8}.runs-on{stroke:#4493f8}.depends-on{stroke:#d29922}}`;

interface Box {
  /** Number of its wave. */
  readonly wave: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly name: string;
}

interface Column {
  readonly x: number;
  readonly width: number;
  readonly title: string;
  readonly boxes: readonly Box[];
}

/**
 * The waves as a picture that stands alone: a column of boxes for each wave, from left to right, and lines from hosts to what
 * they need. Light or dark as the reader's system is. No script, no font, nothing from elsewhere. Ends with a newline.
 */
export function wavesSvg(plan: WavePlan, topology: Topology): string {
  const columns = columnsOf(plan);
  const boxes = new Map(columns.flatMap((column) => column.boxes.map((box) => [box.name, box] as const)));
  const rows = Math.max(1, ...columns.map((column) => column.boxes.length));
  const last = columns.at(-1);
  const width = Math.max(440, last === undefined ? 0 : last.x + last.width + MARGIN);
  const tall = HEAD + rows * ROW;
  const height = MARGIN * 2 + tall + Math.round(bowBetween(0, columns.length - 1) * 0.6) + LEGEND;
  const edges = needEdges(plan, topology).flatMap(({ from, to, kind }) => {
    const [start, end] = [boxes.get(from), boxes.get(to)];
    return start === undefined || end === undefined ? [] : [line(start, end, kind)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}" height="${px(height)}" role="img" aria-label="waves of an upgrade">`,
    `<style>${STYLE}</style>`,
    ...columns.map((column) => columnText(column, tall)),
    ...edges,
    ...[...boxes.values()].map(boxText),
    ...legend(height - MARGIN),
    '</svg>\n',
  ].join('\n');
}

function columnsOf({ waves }: WavePlan): Column[] {
  const columns: Column[] = [];
  let x = MARGIN;
  for (const [index, { hosts }] of waves.entries()) {
    const title = `wave ${index + 1}`;
    const widest = Math.max(...[title, ...hosts.map(({ host }) => host)].map(widthOf));
    const inner = widest + PADDING * 2;
    const boxes = hosts.map(({ host }, row) => ({
      wave: index,
      x: x + PADDING,
      y: MARGIN + HEAD + row * ROW,
      width: inner,
      name: host,
    }));
    columns.push({ x, width: inner + PADDING * 2, title, boxes });
    x += inner + PADDING * 2 + GAP;
  }
  return columns;
}

function widthOf(text: string): number {
  return textWidth(visibleLine(text)) * COLUMN;
}

function columnText({ x, width, title }: Column, height: number): string {
  return [
    `<rect class="wave" x="${px(x)}" y="${MARGIN}" width="${px(width)}" height="${height}" rx="8"/>`,
    `<text class="title" x="${px(x + PADDING)}" y="${MARGIN + 20}">${escaped(title)}</text>`,
  ].join('');
}

function boxText({ x, y, width, name }: Box): string {
  return [
    `<rect class="host" x="${px(x)}" y="${y}" width="${px(width)}" height="${BOX_HEIGHT}" rx="5"/>`,
    `<text x="${px(x + PADDING)}" y="${y + 19}">${escaped(name)}</text>`,
  ].join('');
}

/** How far a line hangs down on its way past the boxes of other waves, so that it does not look like theirs. */
function bowBetween(one: number, other: number): number {
  const passed = Math.abs(one - other) - 1;
  return passed < 1 ? 0 : Math.min(BOX_HEIGHT + passed * 8, 100);
}

/** From the side of one box to the near side of the other: to the right nearly always, what is needed being done later. */
function line(from: Box, to: Box, kind: NeedKind): string {
  const isRight = from.x < to.x;
  const start = isRight ? from.x + from.width : from.x;
  const end = isRight ? to.x : to.x + to.width;
  const [top, bottom] = [from.y + BOX_HEIGHT / 2, to.y + BOX_HEIGHT / 2];
  const bow = bowBetween(from.wave, to.wave);
  const bend = (end - start) / (bow === 0 ? 2 : 4);
  const [leaving, coming] = [`${px(start + bend)} ${top + bow}`, `${px(end - bend)} ${bottom + bow}`];
  const way = `M${px(start)} ${top}C${leaving} ${coming} ${px(end)} ${bottom}`;
  return `<path class="${classOf(kind)}" d="${way}"><title>${escaped(`${from.name} ${kind} ${to.name}`)}</title></path>`;
}

function classOf(kind: NeedKind): string {
  return kind.replace(' ', '-');
}

function legend(y: number): string[] {
  const kinds: NeedKind[] = ['via', 'runs on', 'depends on'];
  return kinds.map((kind, index) => {
    const x = MARGIN + index * 140;
    return `<path class="${classOf(kind)}" d="M${x} ${y - 4}H${x + 30}"/><text class="title" x="${x + 38}" y="${y}">${kind}</text>`;
  });
}

/** A tenth of a pixel is more than anybody sees. */
function px(length: number): string {
  return String(Math.round(length * 10) / 10);
}

/** As XML 1.0 has it in text. What it cannot hold is shown as an escape, or as `?` where that is no character at all. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return visibleLine(text).replace(/[&<>"\ufffe\uffff]/g, (character) => entities[character] ?? '?');
}
