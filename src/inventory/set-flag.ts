import { HomelabError, HomelabErrors } from '../core/errors.js';
import { parseYaml } from '../yaml/parse-yaml.js';
import { variableNameError } from './names.js';

/**
 * The values of `--set key=value`, the last one of a name winning. A value is YAML on one line: `3`, `true`, `null`,
 * `[a, b]`, `{a: 1}`, `'3'`; anything else is text as it stands. Nothing behind `=` is empty text.
 * @throws HomelabErrors `usage/set`
 */
export function parseSetFlags(flags: readonly string[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const errors: HomelabError[] = [];
  for (const flag of flags) {
    const at = flag.indexOf('=');
    const name = at === -1 ? flag : flag.slice(0, at);
    try {
      if (at < 1) throw usageError(flag, 'it has no name and value', 'Write --set name=value.');
      const nameError = variableNameError(name, undefined);
      if (nameError !== undefined) throw usageError(flag, nameError.message, nameError.hint);
      values.set(name, parseValue(flag, flag.slice(at + 1)));
    } catch (thrown) {
      if (!(thrown instanceof HomelabError)) throw thrown;
      errors.push(thrown);
    }
  }
  if (errors.length > 0) throw new HomelabErrors(errors);
  return values;
}

function parseValue(flag: string, text: string): unknown {
  const isStructured = /^\s*(\[|\{(?!\{)|"|')/.test(text);
  try {
    const { value } = parseYaml(`value: ${text}`, '--set').value as { value: unknown };
    const isScalar = typeof value === 'number' || typeof value === 'boolean';
    const isNull = value === null && /^\s*(null|~)\s*$/i.test(text);
    return isStructured || isScalar || isNull ? value : text;
  } catch (thrown) {
    if (!isStructured) return text;
    const reason = thrown instanceof HomelabErrors ? (thrown.errors[0]?.message ?? '') : String(thrown);
    throw usageError(flag, reason, 'Check quotes and brackets, or quote the whole value once more.');
  }
}

function usageError(flag: string, reason: string, hint: string | undefined): HomelabError {
  const shown = flag.split('=')[0]?.slice(0, 40) ?? '';
  return new HomelabError({ code: 'usage/set', message: `--set ${shown}: ${reason}`, hint });
}
