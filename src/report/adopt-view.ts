import type { HomelabError } from '../core/errors.js';
import type { KeyFacts } from '../core/key-strength.js';
import type { Login } from '../core/shell.js';
import { toDiffLine } from './change-lines.js';
import type { Palette } from './palette.js';
import { visibleLine } from './sanitize.js';
import { keyTypeText } from './trust-view.js';
import { unifiedDiff } from './unified-diff.js';

/** What became of one host at first contact. */
export interface AdoptedHostView {
  readonly host: string;
  /** Keys that were let in, and where they were found here. */
  readonly added: readonly (KeyFacts & { readonly from: string })[];
  /** Paths below the account's home whose mode was too open. */
  readonly tightened: readonly string[];
  /** Undefined where access was not proven. */
  readonly access: { readonly login: Login | undefined; readonly become: 'sudo' | 'none' } | undefined;
  readonly notes: readonly string[];
  /** Whether the inventory has it since now. */
  readonly isWritten: boolean;
  /** Undefined: all is proven. */
  readonly error: HomelabError | undefined;
}

/** A file of the inventory before and after hosts were written into it. */
export interface WrittenFileView {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** One host for a person. Fingerprints are never cut: they are compared by eye. */
export function adoptedHostText(view: AdoptedHostView, palette: Palette): string {
  const lines = [
    ...view.added.map(
      (key) => `${palette.yellow('key installed')}  ${keyText(key)}  ${visibleLine(key.from)}`,
    ),
    ...view.tightened.map((path) => `${palette.yellow('mode set')}       ${visibleLine(path)}`),
    ...accessLines(view, palette),
    ...view.notes.map((note) => `${palette.yellow('note')}           ${visibleLine(note)}`),
    ...(view.isWritten ? [`${palette.yellow('inventory')}      written`] : []),
  ];
  return `${palette.bold(visibleLine(view.host))}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function accessLines({ access }: AdoptedHostView, palette: Palette): string[] {
  if (access === undefined) return [];
  const { login, become } = access;
  const user = login === undefined ? '' : `${visibleLine(login.user)}  `;
  const by = login?.key === undefined ? '' : keyText(login.key);
  const root = become === 'sudo' ? `${palette.green('root proven')}    by sudo` : undefined;
  return [`${palette.green('login proven')}   ${user}${by}`.trimEnd(), ...(root === undefined ? [] : [root])];
}

function keyText({ type, fingerprint }: Pick<KeyFacts, 'type' | 'fingerprint'>): string {
  return `${keyTypeText(type)}  ${visibleLine(fingerprint)}`;
}

/** What was written into the inventory, as a diff. */
export function writtenFileText({ file, before, after }: WrittenFileView, palette: Palette): string {
  const tones = { added: palette.green, removed: palette.red, hunk: palette.cyan } as const;
  const lines = (unifiedDiff(before, after) ?? []).map(toDiffLine).map(({ text, tone }) => {
    const paint = tone === 'added' || tone === 'removed' || tone === 'hunk' ? tones[tone] : palette.dim;
    return `${paint(text)}\n`;
  });
  return `\n${palette.bold(visibleLine(file))}\n${lines.join('')}`;
}

/** One host for a program. */
export function adoptedHostDocument(view: AdoptedHostView): Record<string, unknown> {
  const { host, added, tightened, access, notes, isWritten, error } = view;
  const isChanged = added.length + tightened.length > 0 || isWritten;
  return {
    host,
    status: error !== undefined ? 'failed' : isChanged ? 'adopted' : 'unchanged',
    keysInstalled: added.map(({ type, bits, fingerprint, from }) => ({ type, bits, fingerprint, from })),
    tightened,
    login: access?.login ?? null,
    become: access?.become ?? null,
    notes,
    isWritten,
    error:
      error === undefined ? null : { code: error.code, message: error.message, hint: error.hint ?? null },
  };
}
