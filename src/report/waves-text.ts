import type { Outage, TopologyFinding, WaveHost, WavePlan } from '../core/waves.js';
import type { TextStyle } from './plan-text.js';
import { PLAIN_PALETTE } from './palette.js';
import { visibleLine } from './sanitize.js';
import { wrapWords } from './wrap-text.js';

/** Outages of a host that are named one by one; of the rest it is said how many there are. */
const MOST_OUTAGES = 8;

const HOST_INDENT = 2;
const NOTE_INDENT = 6;

/**
 * The waves of an upgrade: for each host why it is there, what is away meanwhile and for about how long; then who takes no
 * part, and what has to be accepted with what to type. Wrapped at words. Ends with a newline; empty for a plan of nothing.
 */
export function wavesText(
  { waves, leftOut, findings, accepted }: WavePlan,
  style: TextStyle = { palette: PLAIN_PALETTE, width: undefined },
): string {
  const { palette } = style;
  const blocks = waves.map(({ hosts }, index) => [
    `${palette.bold(`wave ${index + 1}`)}  ${palette.dim(countText(hosts.length, 'host'))}`,
    ...hosts.flatMap((host) => hostLines(host, style)),
  ]);
  const left = leftOut.flatMap(({ host, why }) =>
    indented(`${visibleLine(host)}: ${visibleLine(why)}`, { indent: HOST_INDENT, style }),
  );
  if (left.length > 0) blocks.push([palette.bold('left out'), ...left]);
  if (accepted.length > 0)
    blocks.push([palette.bold('accepted'), ...accepted.flatMap((one) => findingLines(one, '~', style))]);
  if (findings.length > 0)
    blocks.push([
      palette.bold('has to be accepted'),
      ...findings.flatMap((one) => findingLines(one, '!', style)),
    ]);
  return blocks
    .flat()
    .map((line) => `${line}\n`)
    .join('');
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

interface Indent {
  readonly indent: number;
  readonly style: TextStyle;
  readonly paint?: (text: string) => string;
}

function indented(text: string, { indent, style, paint = (line) => line }: Indent): string[] {
  return wrapped(text, indent, style).map((line) => ' '.repeat(indent) + paint(line));
}

/** One column is left free: what writes to the last wraps in some terminals. */
function wrapped(text: string, indent: number, { width }: TextStyle): string[] {
  return wrapWords(text, width === undefined ? undefined : Math.max(20, width - indent - 1));
}

function hostLines({ host, why, outages }: WaveHost, style: TextStyle): string[] {
  const { palette } = style;
  const name = visibleLine(host);
  const [first = '', ...rest] = wrapped(`${name}  ${why.map(visibleLine).join('; ')}`, NOTE_INDENT, style);
  const title = `${palette.cyan(name)}${palette.dim(first.slice(name.length))}`;
  const kept = outages.filter(({ seconds }) => seconds === 0);
  return [
    `${' '.repeat(HOST_INDENT)}${title}`,
    ...rest.map((line) => ' '.repeat(NOTE_INDENT) + palette.dim(line)),
    ...awayLines(
      outages.filter(({ seconds }) => seconds > 0),
      style,
    ),
    ...kept.flatMap(({ what, why }) =>
      indented(`${visibleLine(what)}: ${visibleLine(why)}`, {
        indent: NOTE_INDENT,
        style,
        paint: palette.green,
      }),
    ),
  ];
}

function awayLines(away: readonly Outage[], style: TextStyle): string[] {
  const { palette } = style;
  const shown = away.slice(0, MOST_OUTAGES);
  const lines = shown.flatMap(({ what, why, seconds }) =>
    indented(`about ${seconds} s without ${visibleLine(what)}: ${visibleLine(why)}`, {
      indent: NOTE_INDENT,
      style,
      paint: palette.yellow,
    }),
  );
  const rest = away.slice(MOST_OUTAGES);
  if (rest.length === 0) return lines;
  const longest = Math.max(...rest.map(({ seconds }) => seconds));
  const more = `and without ${rest.length} more, for up to about ${longest} s`;
  return [...lines, ...indented(more, { indent: NOTE_INDENT, style, paint: palette.yellow })];
}

function findingLines({ name, message, hint }: TopologyFinding, sign: '!' | '~', style: TextStyle): string[] {
  const { palette } = style;
  const paint = sign === '!' ? palette.red : palette.yellow;
  const more = sign === '!' ? [`${hint} Or accept it: --accept-outage ${shellWord(name)}`] : [hint];
  return [
    ...indented(`${sign} ${visibleLine(message)}`, { indent: HOST_INDENT, style, paint }),
    ...more.flatMap((text) => indented(visibleLine(text), { indent: NOTE_INDENT - 2, style })),
  ];
}

/** As it has to be typed. */
function shellWord(name: string): string {
  return /^[A-Za-z0-9._@%+:,/-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** The same for a program. */
export function wavesDocument({ waves, leftOut, findings, accepted }: WavePlan): Record<string, unknown> {
  return {
    waves: waves.map(({ hosts }, index) => ({
      wave: index + 1,
      hosts: hosts.map(({ host, why, outages }) => ({
        host,
        why,
        outages: outages.map(({ what, why, seconds }) => ({ what, why, seconds })),
      })),
    })),
    leftOut: leftOut.map(({ host, why }) => ({ host, why })),
    findings: findings.map(findingDocument),
    accepted: accepted.map(findingDocument),
  };
}

function findingDocument({ name, message, hint, hosts }: TopologyFinding): Record<string, unknown> {
  return { name, message, hint, hosts };
}
