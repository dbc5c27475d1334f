import type { Secret } from './secret.js';

/** How something ended that people are told of. `changed` is a `done` that changed something. */
export const NOTIFY_OUTCOMES = ['done', 'changed', 'failed'] as const;

export type NotifyOutcome = (typeof NOTIFY_OUTCOMES)[number];

/** Whom to tell, and how. An address is as good as a password: who knows it can write there, or read. */
export type NotifyTarget = {
  /** Of what; undefined: of everything. */
  readonly on: readonly NotifyOutcome[] | undefined;
} & (
  | {
      readonly to: 'ntfy';
      readonly url: Secret;
      readonly token: Secret | undefined;
      /** 1 to 5; undefined: as the outcome is. */
      readonly priority: number | undefined;
    }
  | { readonly to: 'webhook'; readonly url: Secret; readonly headers: ReadonlyMap<string, Secret> }
  | { readonly to: 'command'; readonly argv: readonly string[] }
);

/** What people are told. */
export interface NotifyMessage {
  /** One line. */
  readonly title: string;
  /** Plain text of any length. */
  readonly text: string;
  readonly outcome: NotifyOutcome;
  /** The same for a program: what `--json` prints. */
  readonly document: unknown;
}
