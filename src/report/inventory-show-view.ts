import type { SourcePosition } from '../core/errors.js';
import type { HostConfig, Variable } from '../core/host-config.js';
import { MASK, Secret } from '../core/secret.js';
import { hostSummaryDocument } from './inventory-list-view.js';
import { visibleLine } from './sanitize.js';
import { renderTable, type TableStyle } from './tables.js';

/** Text as it is, everything else as JSON; a secret prints as `***` either way. */
function variableText(value: unknown): string {
  if (value instanceof Secret) return MASK;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '-');
}

function sourceText(source: SourcePosition | undefined): string {
  return source === undefined ? '-' : `${source.file}:${source.line}`;
}

function variableRows(variables: ReadonlyMap<string, Variable>): string[][] {
  return [...variables].map(([name, variable]) => [
    name,
    variableText(variable.value),
    sourceText(variable.source),
    variable.origin,
  ]);
}

/** `inventory show HOST` for a person: every setting and every variable, where it was written and by which layer. */
export function hostDetailsText(host: HostConfig, style: TableStyle): string {
  const { palette } = style;
  const section = (name: string, variables: ReadonlyMap<string, Variable>): string =>
    variables.size === 0
      ? ''
      : `\n${renderTable([name, 'VALUE', 'WRITTEN IN', 'FROM'], variableRows(variables), style)}`;
  const groups = host.groups.length === 0 ? '' : `  (${visibleLine(host.groups.join(', '))})`;
  const heading = `${palette.bold(visibleLine(host.name))}${groups}  ${palette.dim(sourceText(host.source))}\n`;
  return `${heading}${section('SETTING', host.settings)}${section('VARIABLE', host.vars)}`;
}

function variableDocument(variables: ReadonlyMap<string, Variable>): Record<string, unknown>[] {
  return [...variables].map(([name, { value, source, origin }]) => ({
    name,
    value,
    source: source ?? null,
    origin,
  }));
}

/** `inventory show HOST` for a program. Secrets are `***` once it is serialised. */
export function hostDetailsDocument(host: HostConfig): Record<string, unknown> {
  return {
    ...hostSummaryDocument(host),
    source: host.source,
    settings: variableDocument(host.settings),
    vars: variableDocument(host.vars),
  };
}
