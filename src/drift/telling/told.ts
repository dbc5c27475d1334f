import * as z from 'zod';

const nameSchema = z.string().max(4096);
const timeSchema = z.iso.datetime();

/** What somebody was last told of one host. A host that is in sync is in no list: that is no news. */
const toldHostSchema = z.strictObject({
  host: nameSchema,
  /** Told as lost, and not as back since. */
  isLost: z.boolean(),
  /** Ids of the items that were told to differ. They stay while the host is lost. */
  items: z.array(nameSchema),
  /** What they act on, by id, where that is known: see aboutOf. */
  about: z.record(nameSchema, nameSchema).optional(),
});

/** What one target was told so far, as JSON holds it. Whoever reads it from a store parses it with this. */
export const toldSchema = z.strictObject({
  hosts: z.array(toldHostSchema),
  /** Times of the messages of the last hour, ISO 8601 in UTC. */
  sentAt: z.array(timeSchema),
  /** When it last got a digest. */
  digestAt: timeSchema.nullable(),
  /** Code of the error that checks could not be made for; null: the last one was made. */
  failure: z.string().max(200).nullable(),
  /** Messages that it took so far. */
  messages: z.int().nonnegative(),
});

export type ToldHost = z.output<typeof toldHostSchema>;
export type Told = z.output<typeof toldSchema>;

/** Of a target that was never told anything. */
export const NOTHING_TOLD: Told = { hosts: [], sentAt: [], digestAt: null, failure: null, messages: 0 };

/** Where it is kept what each target was told. `target` is the key of a target, which tells nothing about its address. */
export interface ToldMemory {
  /** Undefined: nothing, as far as anybody can read. */
  load(target: string): Promise<Told | undefined>;
  save(target: string, told: Told): Promise<void>;
}
