import type { Secret } from './secret.js';

/**
 * What people are told of. Of an upgrade: how it ended, `changed` being a `done` that changed something. Of drift checks:
 * `drift` on a host, or further drift; `cleared`, a host that is as wanted again; `lost`, one that could not be checked; `back`,
 * one that can be again; `digest`, the state of all, once a day.
 */
export const NOTIFY_OUTCOMES = [
  'done',
  'changed',
  'failed',
  'drift',
  'cleared',
  'lost',
  'back',
  'digest',
] as const;

export type NotifyOutcome = (typeof NOTIFY_OUTCOMES)[number];

/** How a mail server is spoken to: TLS after STARTTLS, TLS from the first byte, or neither. */
export const MAIL_TLS_MODES = ['starttls', 'implicit', 'none'] as const;

/** Whom to tell, and how. An address is as good as a password: who knows it can write there, or read. */
export type NotifyTarget = {
  /** Its place in `notify` of homelab.yml, from 1. Several addresses of one e-mail target are targets with the same number. */
  readonly number: number;
  /** Of what; undefined: of everything. */
  readonly on: readonly NotifyOutcome[] | undefined;
  /** When it wants the digest of drift checks: minutes after midnight, local time; undefined: never. */
  readonly digestMinutes: number | undefined;
} & (
  | {
      readonly to: 'ntfy';
      readonly url: Secret;
      readonly token: Secret | undefined;
      /** 1 to 5; undefined: as the outcome is. */
      readonly priority: number | undefined;
    }
  | { readonly to: 'webhook'; readonly url: Secret; readonly headers: ReadonlyMap<string, Secret> }
  | { readonly to: 'slack'; readonly url: Secret }
  | { readonly to: 'discord'; readonly url: Secret }
  | {
      readonly to: 'matrix';
      /** Without a path: `https://matrix.lan`. */
      readonly homeserver: string;
      /** The room's id, `!…`. */
      readonly room: string;
      readonly token: Secret;
    }
  | {
      readonly to: 'email';
      readonly address: string;
      readonly from: string;
      readonly server: MailServer;
    }
  | { readonly to: 'command'; readonly argv: readonly string[] }
);

/** A server that takes mail, by SMTP. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: (typeof MAIL_TLS_MODES)[number];
  /** Undefined: it takes mail without a login. */
  readonly login: { readonly user: Secret; readonly password: Secret } | undefined;
  /** PEM of the authorities that may have signed its certificate; undefined: those that node knows. */
  readonly ca: string | undefined;
}

/** What people are told. */
export interface NotifyMessage {
  /** The same in each attempt, and of no other message: letters, digits, dots and dashes. */
  readonly id: string;
  /** One line. */
  readonly title: string;
  /** Plain text of any length. */
  readonly text: string;
  /** What is in it, the weightiest first; never empty. */
  readonly outcomes: readonly NotifyOutcome[];
  /** The same for a program: of an upgrade what `--json` prints. */
  readonly document: unknown;
}

/** A target that could not be told. */
export interface NotifyFailure {
  /** Which: its sort and its place among all, e.g. `ntfy, number 2 of notify`. Never its address. */
  readonly target: string;
  /** Half a sentence: `it answered with status 403`. */
  readonly message: string;
}

/** How a target is called where people read it: its sort and its place, never its address. */
export function targetName({ to, number }: Pick<NotifyTarget, 'to' | 'number'>): string {
  return `${to}, number ${number} of notify`;
}
