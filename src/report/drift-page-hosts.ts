import { HomelabErrors, type HomelabError } from '../core/errors.js';
import type { TaskResult } from '../core/result.js';
import { changeLines, type DiffLine, type Differ } from './change-lines.js';
import { forText, hasDetails, stateBadge } from './drift-page-fleet.js';
import type { HostView, PageModel } from './drift-page-model.js';
import { timeMarkup } from './drift-page-time.js';
import { shareText } from './drift-text.js';
import { CAUSE_WORDS } from './drift-words.js';
import { markup, type Markup } from './markup.js';
import { shownChanges, signOf, taskNotes, type Sign } from './plan-text.js';
import { visibleLine } from './sanitize.js';

/** What a person who sees no `+` and `-` is told. */
const SIGN_WORDS: Readonly<Record<Sign, string>> = {
  '+': 'is missing',
  '~': 'differs',
  '-': 'is too much',
  '?': 'cannot be known yet',
  '!': 'failed',
};

interface Group {
  readonly hosts: HostView[];
  readonly body: Markup;
}

/** What differs on each host, and why one could not be checked; hosts of which the same is to be said share a part. */
export function hostSections(model: PageModel, differ: Differ): Markup {
  const groups = new Map<string, Group>();
  for (const host of model.hosts.filter(hasDetails)) {
    const body = hostBody(host, model.result.drift.at, differ);
    const key = `${host.check.state} ${body.text}`;
    const group = groups.get(key) ?? { hosts: [], body };
    group.hosts.push(host);
    groups.set(key, group);
  }
  return markup`${[...groups.values()].map((group) => section(group, model))}`;
}

function section({ hosts, body }: Group, model: PageModel): Markup {
  const [first] = hosts;
  const number = (host: HostView): number => model.hosts.indexOf(host);
  const names = hosts.map(
    (host, at) => markup`${at === 0 ? '' : ', '}<span id="host-${number(host)}">${host.name}</span>`,
  );
  return markup`<article class="host">
<header><h3>${names}</h3> ${first === undefined ? undefined : stateBadge(first.check.state)}</header>
${body}</article>
`;
}

function hostBody({ result }: HostView, at: string, differ: Differ): Markup {
  const notes = (result?.notes ?? []).map((note) => markup`<p class="note">${note}</p>\n`);
  const error = result?.error ?? null;
  const tasks = result?.tasks ?? [];
  return markup`${error === null ? undefined : errorMarkup(error)}${notes}${tasks.map((task) => itemMarkup(task, at, differ))}`;
}

function errorMarkup(error: HomelabError): Markup {
  if (error instanceof HomelabErrors) return markup`${error.errors.map(errorMarkup)}`;
  const { message, hint } = error;
  return markup`<div class="error"><pre>${message.trimEnd()}</pre>${hint === undefined ? undefined : markup`<p>${hint}</p>`}</div>
`;
}

function itemMarkup(task: TaskResult, at: string, differ: Differ): Markup | undefined {
  const sign = signOf(task);
  if (sign === undefined) return undefined;
  const subject = task.subject ?? task.name;
  const about = task.subject === undefined ? task.kind : `${task.kind}: ${task.name}`;
  const lines = shownChanges(task, sign).flatMap((change) =>
    changeLines(change, { subject, isSensitive: task.sensitive, isNew: sign === '+', differ }),
  );
  return markup`<details class="item" open>
<summary><span class="sign s${signClass(sign)}" title="${SIGN_WORDS[sign]}">${sign}</span><span class="subject">${visibleLine(subject)}</span> <span class="about">${visibleLine(about)}</span> ${driftMarkup(task, at)}</summary>
${diffMarkup([...lines, ...notesOf(task)], visibleLine(subject))}</details>
`;
}

/** The times of drift stand beside its cause, in UTC as all of the page; which fields are whose, where it is not one cause, does not. */
function notesOf({ drift, ...task }: TaskResult): DiffLine[] {
  const shares = drift === undefined ? undefined : shareText(drift);
  return [...(shares === undefined ? [] : [{ text: shares, tone: 'note' } as const]), ...taskNotes(task)];
}

function signClass(sign: Sign): string {
  return { '+': 'added', '~': 'changed', '-': 'removed', '?': 'unknown', '!': 'failed' }[sign];
}

function driftMarkup({ drift }: TaskResult, at: string): Markup | undefined {
  if (drift === undefined) return undefined;
  const { cause, since, inSyncAt } = drift;
  const before = inSyncAt === null ? 'never seen in sync' : markup`last in sync ${timeMarkup(inSyncAt)}`;
  return markup`<span class="badge cause-${cause}">${CAUSE_WORDS[cause]}</span> <span class="when">since ${timeMarkup(since)} ${forText(since, at)} · ${before}</span>`;
}

function diffMarkup(lines: readonly DiffLine[], subject: string): Markup | undefined {
  if (lines.length === 0) return undefined;
  const shown = lines.map(({ text, tone }) => markup`<span class="line ${tone}">${text}\n</span>`);
  return markup`<div class="diff" role="region" tabindex="0" aria-label="difference of ${subject}"><pre>${shown}</pre></div>
`;
}
