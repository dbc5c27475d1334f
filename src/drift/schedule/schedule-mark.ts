import * as z from 'zod';

/** What is kept beside a schedule, in a comment: what is scheduled, for whoever asks. */
export interface ScheduleMark {
  /** Of the project, absolute. */
  readonly project: string;
  /** As it was written. */
  readonly every: string;
  /** The words that are run after the program and its project: `drift`, hosts, flags. */
  readonly words: readonly string[];
}

const BEGINNING = '# homelab schedule: ';

const markSchema: z.ZodType<ScheduleMark> = z
  .object({ version: z.literal(1), project: z.string(), every: z.string(), words: z.array(z.string()) })
  .transform(({ project, every, words }) => ({ project, every, words }));

/** One line without its end, which {@link readMark} reads again. It is a comment for systemd, cron and sh alike. */
export function markLine({ project, every, words }: ScheduleMark): string {
  return BEGINNING + JSON.stringify({ version: 1, project, every, words });
}

/** A comment for whoever opens a unit: where changes belong. */
export function writtenLine(unit: string, isSystem: boolean): string {
  const edit = isSystem ? 'systemctl edit' : 'systemctl --user edit';
  return `# Written by \`homelab schedule drift\`, which replaces it. What you add: ${edit} ${unit}`;
}

/** The mark in a text; undefined where none of its lines is one: then somebody else wrote it. */
export function readMark(text: string): ScheduleMark | undefined {
  const line = text.split('\n').find((one) => one.startsWith(BEGINNING));
  try {
    return markSchema.safeParse(JSON.parse(line?.slice(BEGINNING.length) ?? '')).data;
  } catch {
    return undefined;
  }
}
