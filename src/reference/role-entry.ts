/** A role with these parameters as an entry of `roles`. */
export function roleEntry(name: string, params: unknown): Record<string, unknown> {
  return { role: name, ...(params as Readonly<Record<string, unknown>>) };
}
