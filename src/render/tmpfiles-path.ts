/**
 * A path as one word of tmpfiles.d(5), in quotes where it is not plain. A percent sign would begin a specifier, so it stands
 * twice. Escapes in hexadecimal are left alone: not every release knows them.
 */
export function tmpfilesPath(path: string): string {
  const literal = path.replaceAll('%', '%%');
  return /^[A-Za-z0-9_@+,:=./%-]*$/.test(literal) ? literal : `"${literal.replaceAll(/["\\]/g, '\\$&')}"`;
}
