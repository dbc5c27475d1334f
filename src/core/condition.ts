import * as z from 'zod';

/** What a key of a condition is compared with: a value, each of a list, or for `not` a condition. */
export type ConditionValue = string | number | boolean | readonly (string | number | boolean)[] | Condition;

/** Facts, `vars.…`, `host`, `group`, `changed`, `not`; every key has to match. The language of `when` and `assert`. */
export interface Condition {
  readonly [key: string]: ConditionValue;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The shape of a {@link Condition}; whether its keys mean anything is judged where facts and variables are known. */
export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() => z.record(z.string(), z.union([scalar, z.array(scalar), conditionSchema])))
  .meta({ id: 'condition' });
