import { Content } from './content.js';
import { Secret } from './secret.js';

export type StateValue = string | number | boolean | null | Content | Secret;

/**
 * Flat state of one thing on a host: field name to value. In a desired state a field left out means "leave as found";
 * in an observed one null means the field is absent. A desired field `NAME.*` speaks for every observed field
 * `NAME.…` that is not named itself: `'entry.*': null` means "no other entries".
 */
export type State = Readonly<Record<string, StateValue>>;

/** What a probe answers when it cannot know yet: an earlier item has to be applied first. */
export class Unknown {
  /** Why, as the end of "unknown: …", e.g. `unit nginx.service does not exist`. */
  readonly reason: string;
  /** What it waits for, in the words of `touches` and `package:NAME`; undefined: anything that the item touches. */
  readonly needs: readonly string[] | undefined;

  constructor(reason: string, needs?: readonly string[]) {
    this.reason = reason;
    this.needs = needs;
  }
}

/** Observed or wanted: a state, or null where the whole thing is absent. */
export type MaybeState = State | null;

/** One field that differs. Null stands for absent. */
export interface Change {
  readonly field: string;
  readonly before: StateValue;
  readonly after: StateValue;
}

function isSameValue(a: StateValue, b: StateValue): boolean {
  if (a instanceof Content && b instanceof Content) return a.equals(b);
  if (a instanceof Secret && b instanceof Secret) return a.equals(b);
  return a === b;
}

/**
 * What has to change for `before` to become `desired`; empty when nothing has. The one diff of the project: what it
 * returns is what is shown, applied and verified. A thing that appears or goes is the field `state`.
 */
export function diffStates(before: MaybeState, desired: MaybeState): Change[] {
  if (desired === null)
    return before === null ? [] : [{ field: 'state', before: 'present', after: 'absent' }];
  const changes: Change[] = before === null ? [{ field: 'state', before: 'absent', after: 'present' }] : [];
  for (const [wanted, after] of Object.entries(desired)) {
    for (const field of fieldsMeant(wanted, before, desired)) {
      const found = before?.[field] ?? null;
      if (!isSameValue(found, after)) changes.push({ field, before: found, after });
    }
  }
  return changes;
}

/** The fields a key of a desired state speaks for: itself, or for `NAME.*` what was observed and is not named. */
function fieldsMeant(wanted: string, before: MaybeState, desired: State): readonly string[] {
  if (!wanted.endsWith('.*')) return [wanted];
  const prefix = wanted.slice(0, -1);
  // An observed field may itself be called `NAME.*`: a file can have that name.
  return Object.keys(before ?? {}).filter(
    (field) => field.startsWith(prefix) && (field === wanted || !(field in desired)),
  );
}
