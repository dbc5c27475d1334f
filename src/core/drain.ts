import type * as z from 'zod';
import type { Facts } from './facts.js';
import type { RemoteShell } from './shell.js';
import type { RebootForecast } from './waves.js';

/** A package that is to be upgraded. */
export interface PackageUpgrade {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** A host as a drain adapter sees it. */
export interface DrainHost {
  readonly name: string;
  readonly facts: Facts;
  /** The shell that is in use now. What it answers is data. */
  readonly shell: RemoteShell;
  /** What is about to be done there, as far as it is known. */
  readonly work: { readonly packages: readonly PackageUpgrade[]; readonly reboot: RebootForecast };
  /** Aborted: the run is to end; whatever is under way is left as it is. */
  readonly signal: AbortSignal;
  /** Waits between two looks. @throws where the signal is aborted meanwhile */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/**
 * How the work of a host is moved away and back, whole: one file of `rolling/drains`, whose name is the adapter's. All of it
 * may be done twice: a run that was killed is resumed with what `find` had answered in the first one.
 */
export interface DrainDefinition<Params, Found> {
  /** One line for the reference. */
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  readonly examples: readonly unknown[];
  /** What {@link DrainDefinition.find} answers, as it comes back from the journal: plain JSON, no secrets. */
  readonly found: z.ZodType<Found>;
  /** How it is before anything is touched; only reads. @throws HomelabError `drain/…` where it cannot be told */
  readonly find: (host: DrainHost, params: Params) => Promise<Found>;
  /** Why the host must not go away now, a sentence without its full stop; undefined: it may. Only reads. */
  readonly refuses?: (host: DrainHost, params: Params, found: Found) => Promise<string | undefined>;
  /** Whether it leads its group just now: such a host is upgraded after the others. */
  readonly isLeader?: (found: Found) => boolean;
  /** Whether it has a vote in a quorum: of such hosts one goes at a time, whatever groups the inventory has. */
  readonly votes?: (found: Found) => boolean;
  /** What is drained does not serve at all until it is undrained: so that comes before its health is asked for. */
  readonly stopsService?: (params: Params) => boolean;
  /** What will be done, for a plan; undefined: nothing has to be moved. */
  readonly describe: (found: Found) => string | undefined;
  /** Moves the work away and returns once the API says that it is gone. @throws HomelabError `drain/…` */
  readonly drain: (host: DrainHost, params: Params, found: Found) => Promise<void>;
  /** Brings back exactly what {@link DrainDefinition.drain} took away, once the API answers. @throws HomelabError `drain/…` */
  readonly undrain: (host: DrainHost, params: Params, found: Found) => Promise<void>;
  /** Why it does not yet serve as it did when found, as the API says; undefined: it does. Asked again and again. Only reads. */
  readonly pending: (host: DrainHost, params: Params, found: Found) => Promise<string | undefined>;
}

/** Keeps the types of a definition together. */
export function defineDrain<Params, Found>(
  definition: DrainDefinition<Params, Found>,
): DrainDefinition<Params, Found> {
  return definition;
}

/** A definition whose types are known to its own schemas only. */
export type AnyDrain = DrainDefinition<unknown, unknown>;
