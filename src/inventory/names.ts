import { HomelabError, type SourcePosition } from '../core/errors.js';

/** What is wrong with the name of a host or group; undefined: nothing. It becomes part of paths and file names. */
export function nameProblem(name: string): { readonly message: string; readonly hint: string } | undefined {
  if (name === 'all')
    return { message: 'the name "all" is taken: it means every host', hint: 'Choose another name.' };
  if (name.length > 253)
    return { message: 'a name has at most 253 characters', hint: 'Choose a shorter name.' };
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) return undefined;
  const message = `${JSON.stringify(name.slice(0, 40))} is not a name`;
  return {
    message,
    hint: 'Use letters, digits, dots, dashes and underscores, beginning with a letter or digit.',
  };
}

/** An error unless `name` can be a variable: it has to be reachable as `{{vars.name}}` and mean nothing else. */
export function variableNameError(
  name: string,
  source: SourcePosition | undefined,
): HomelabError | undefined {
  const isIdentifier = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name);
  if (isIdentifier && !(name in Object.prototype)) return undefined;
  const repaired = name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=[0-9])/, '_');
  const isRepairable = !isIdentifier && /[A-Za-z0-9]/.test(name) && name.length <= 40;
  return new HomelabError({
    code: 'inventory/variable-name',
    message: `${JSON.stringify(name.slice(0, 40))} cannot be the name of a variable`,
    hint: isRepairable
      ? `Write ${repaired}.`
      : 'Use letters, digits and underscores, at most 128, beginning with a letter.',
    source,
  });
}
