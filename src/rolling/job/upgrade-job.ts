import type { RemoteShell } from '../../core/shell.js';

/** A job that runs on a host by itself, whatever becomes of the connection. */
export interface HostJob {
  /** Unique: letters, digits, dots and dashes. Of one id it is started once. */
  readonly id: string;
  /** POSIX shell text. */
  readonly script: string;
  /** Ends it, with what it started, after this long. */
  readonly limitSeconds: number;
}

/** How far a job is. */
export type JobState =
  | { readonly is: 'unknown' }
  | { readonly is: 'running' }
  /** It was cut off, by a reboot for example. */
  | { readonly is: 'lost' }
  | {
      readonly is: 'ended';
      readonly code: number;
      /** The last lines, at most 16 KiB. */ readonly output: string;
    };

/** Starts a job, or finds the one that was started before; looks at it; forgets it. */
export interface HostJobs {
  readonly start: (shell: RemoteShell, job: HostJob) => Promise<void>;
  readonly look: (shell: RemoteShell, id: string) => Promise<JobState>;
  /** Removes what is kept of it. Only where it has ended. */
  readonly forget: (shell: RemoteShell, id: string) => Promise<void>;
}
