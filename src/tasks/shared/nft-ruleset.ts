import * as z from 'zod';

/** A statement of a rule: an object with one key, its name. */
export type Statement = Readonly<Record<string, unknown>>;

export interface NftRule {
  readonly statements: readonly Statement[];
}

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** `filter`, `nat`, `route`; undefined where no hook calls the chain. */
  readonly type: string | undefined;
  readonly hook: string | undefined;
  /** What happens at the end of a base chain. */
  readonly policy: string;
  readonly rules: readonly NftRule[];
}

/** What `nft -j list ruleset` says, as far as verdicts depend on it. */
export interface NftRuleset {
  readonly chains: readonly NftChain[];
  /** Elements of the named sets and maps, by `FAMILY TABLE NAME`; undefined where packets or time change them. */
  readonly sets: ReadonlyMap<string, readonly unknown[] | undefined>;
}

const place = { family: z.string(), table: z.string() };
const chainSchema = z.object({
  ...place,
  name: z.string(),
  type: z.string().optional(),
  hook: z.string().optional(),
  policy: z.string().default('accept'),
});
const ruleSchema = z.object({
  ...place,
  chain: z.string(),
  expr: z.array(z.record(z.string(), z.unknown())).default([]),
});
const setSchema = z.object({
  ...place,
  name: z.string(),
  flags: z.union([z.string(), z.array(z.string())]).default([]),
  elem: z.array(z.unknown()).default([]),
});
const documentSchema = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) });

/** Reads libnftables-json(5); undefined where the text is none of it, or holds a part that cannot be read. */
export function parseNftJson(text: string): NftRuleset | undefined {
  const objects = objectsOf(text);
  if (objects === undefined) return undefined;
  const all = <T>(schema: z.ZodType<T>, ...kinds: readonly string[]): T[] =>
    objects.flatMap((object) =>
      kinds.flatMap((kind) => (object[kind] === undefined ? [] : [schema.parse(object[kind])])),
    );
  try {
    const rules = all(ruleSchema, 'rule');
    const chains = all(chainSchema, 'chain').map(({ family, table, name, type, hook, policy }) => {
      const own = rules.filter(
        (rule) => rule.family === family && rule.table === table && rule.chain === name,
      );
      return {
        family,
        table,
        name,
        type,
        hook,
        policy,
        rules: own.map(({ expr }) => ({ statements: expr })),
      };
    });
    const filled = new Set(rules.flatMap(setsFilledBy));
    const sets = all(setSchema, 'set', 'map').map(({ family, table, name, flags, elem }) => {
      const place = `${family} ${table} ${name}`;
      const isFixed =
        !filled.has(place) && ![flags].flat().some((flag) => /^(?:dynamic|timeout)$/.test(flag));
      return [place, isFixed ? elem : undefined] as const;
    });
    return { chains, sets: new Map(sets) };
  } catch (error) {
    if (error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** The sets that packets add to by a rule. */
function setsFilledBy({ family, table, expr }: z.output<typeof ruleSchema>): string[] {
  return expr.flatMap((statement) =>
    ['set', 'map'].flatMap((kind) => {
      const body = statement[kind] as Readonly<Record<string, unknown>> | null | undefined;
      const name = body?.[kind];
      return typeof name === 'string' ? [`${family} ${table} ${name.replace(/^@/, '')}`] : [];
    }),
  );
}

function objectsOf(text: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  try {
    const { success, data } = documentSchema.safeParse(JSON.parse(text.slice(text.indexOf('{'))));
    return success ? data.nftables : undefined;
  } catch {
    return undefined;
  }
}
