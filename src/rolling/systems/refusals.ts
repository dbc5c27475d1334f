import { HomelabError } from '../../core/errors.js';
import { lastWords, type HostAnswer } from '../ask-host.js';

/** Lists of packages that could not be fetched, in the words of the package manager. */
export function listsFailed(manager: string, { code, stdout, stderr }: HostAnswer): HomelabError {
  const said = lastWords(stderr) || lastWords(stdout) || `exit code ${code}`;
  return new HomelabError({
    code: 'rolling/lists',
    message: `${manager} cannot tell what is new: ${said}`,
    hint: `Nothing was changed. See that the repositories answer: run ${manager} on the host by hand.`,
  });
}

/** A scope that a system does not know. */
export function unknownScope(message: string, hint: string): HomelabError {
  return new HomelabError({ code: 'rolling/unknown-scope', message, hint });
}

/**
 * The names of a scope, each as the system writes names.
 * @throws HomelabError `rolling/bad-package-name`
 */
export function checkNames(names: readonly string[], pattern: RegExp, manager: string): readonly string[] {
  const bad = names.find((name) => !pattern.test(name));
  if (bad === undefined) return names;
  throw new HomelabError({
    code: 'rolling/bad-package-name',
    message: `${JSON.stringify(bad)} is no package in the words of ${manager}`,
    hint: 'Name packages as this system does, or choose other hosts.',
  });
}
