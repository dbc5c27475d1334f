/** Where a value was written. Line and column count from 1; `file` is as the user would type it. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ErrorDetails {
  /** `room/what-happened`, e.g. `inventory/unknown-host`. Programs classify by this, never by the message. */
  readonly code: string;
  readonly message: string;
  /** What the reader can do next: a full sentence or a command. */
  readonly hint?: string | undefined;
  readonly host?: string | undefined;
  readonly task?: string | undefined;
  readonly source?: SourcePosition | undefined;
  readonly cause?: unknown;
}

/** An error a user can act on. Anything else that is thrown is our own bug. */
export class HomelabError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly host: string | undefined;
  readonly task: string | undefined;
  readonly source: SourcePosition | undefined;

  constructor(details: ErrorDetails) {
    super(details.message, { cause: details.cause });
    this.name = 'HomelabError';
    this.code = details.code;
    this.hint = details.hint;
    this.host = details.host;
    this.task = details.task;
    this.source = details.source;
  }
}

/** Several mistakes found together, in the order of their places. */
export class HomelabErrors extends HomelabError {
  readonly errors: readonly HomelabError[];

  constructor(errors: readonly HomelabError[]) {
    const count = errors.length;
    super({
      code: errors[0]?.code ?? 'core/no-error',
      message: `${count} problem${count === 1 ? '' : 's'} found`,
    });
    this.name = 'HomelabErrors';
    this.errors = errors;
  }
}

/** A broken promise inside homelab. The user is asked to report it. */
export class InternalError extends HomelabError {
  constructor(message: string, cause?: unknown) {
    super({
      code: 'internal',
      message,
      cause,
      hint: 'This is a bug in homelab; run again with --debug and report it.',
    });
    this.name = 'InternalError';
  }
}

/** Anything that was thrown, as a {@link HomelabError}; a stranger becomes an {@link InternalError}. */
export function toHomelabError(thrown: unknown): HomelabError {
  if (thrown instanceof HomelabError) return thrown;
  return new InternalError(thrown instanceof Error ? thrown.message : String(thrown), thrown);
}
