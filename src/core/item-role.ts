/** The role that an item is of, by its id (`play/role/item`); undefined: a play has it by itself (`play/item`). */
export function roleOfItem(id: string): string | undefined {
  const [, role, item] = id.split('/');
  return item === undefined ? undefined : role;
}
