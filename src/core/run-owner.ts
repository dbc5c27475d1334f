import * as z from 'zod';

/** Who applies: shown to others, and enough for the same machine to tell whether that process still lives. */
export interface RunOwner {
  readonly run: string;
  /** `ada@laptop` */
  readonly by: string;
  /** The controller: the same text for every run of one machine, telling nothing about it. */
  readonly machine: string;
  /** Its boot id; empty where the system has none. */
  readonly boot: string;
  /** The process namespace that `pid` is of (namespaces(7)): containers on one machine have one each. */
  readonly namespace: string;
  readonly pid: number;
  /** When the process began, in clock ticks since that boot; 0 where nobody knows. */
  readonly startTicks: number;
}

const ownerSchema: z.ZodType<RunOwner> = z.object({
  run: z.string().max(200),
  by: z.string().max(400),
  machine: z.string().max(200),
  boot: z.string().max(100),
  namespace: z.string().max(100).default(''),
  pid: z.number(),
  startTicks: z.number(),
});

/** An owner from its JSON; undefined where the text is none. */
export function parseRunOwner(json: string): RunOwner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
