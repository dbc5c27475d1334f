import { Content } from '../../../core/content.js';
import type { MaybeState } from '../../../core/state.js';
import { runStep, type Step } from '../../../core/step.js';
import type { StepContext } from '../../../core/task.js';
import { editText } from '../line-edit.js';
import { textOf } from '../managed-file.js';
import { scriptStep } from '../script-step.js';
import type { RepositoryFormat } from './format.js';
import { formatFor } from './formats.js';
import { installKey } from './key.js';
import type { RepositoryParams } from './repository-params.js';
import { FILE_MODE, filesOf, INCLUDING } from './repository-state.js';

/**
 * The key first, then the file, which takes its place only after the lists of the repository were fetched with it: one
 * that does not answer, or is signed by another key, is never written down.
 */
export function repositorySteps(context: StepContext<RepositoryParams>): Step[] {
  const { params: repository, facts, before, changed } = context;
  const format = formatFor(facts);
  if (repository.state === 'absent')
    return [
      ...includeSteps(repository, format, before),
      runStep(['rm', '-f', '--', ...filesOf(repository, format)]),
    ];
  const older = format.olderFiles(repository.name).filter(changed);
  const isIncludeDue = format.include !== undefined && changed(format.include.path);
  return [
    ...keySteps(context, format),
    ...fileSteps(context, format),
    ...(isIncludeDue ? includeSteps(repository, format, before) : []),
    ...(older.length === 0 ? [] : [runStep(['rm', '-f', '--', ...older])]),
  ];
}

function keySteps(
  { params: repository, changed }: StepContext<RepositoryParams>,
  format: RepositoryFormat,
): Step[] {
  if (!changed('key') && !changed('key_mode')) return [];
  const path = format.keyFile(repository);
  if (!changed('key')) return [runStep(['chmod', FILE_MODE, '--', path])];
  return [...installKey(repository, path), ...(format.trust?.(path) ?? [])];
}

function fileSteps(
  { params: repository, facts, changed }: StepContext<RepositoryParams>,
  format: RepositoryFormat,
): Step[] {
  const { name, enabled: isEnabled } = repository;
  const path = format.file(name);
  if (changed('content')) {
    const validate = isEnabled ? ['sh', '-c', format.tryOut, 'sh', '{{candidate}}', name] : undefined;
    const body = format.text(repository, facts);
    const folder = path.slice(0, path.lastIndexOf('/'));
    return [
      runStep(['mkdir', '-p', '-m', '0755', '--', folder]),
      { do: 'write', path, body, mode: FILE_MODE, owner: '', group: '', validate },
    ];
  }
  return [
    ...(changed('mode') ? [runStep(['chmod', FILE_MODE, '--', path])] : []),
    // The lists were signed with another key, or could not be checked.
    ...(changed('key') && isEnabled ? [scriptStep({ words: [path, name], script: format.tryOut })] : []),
  ];
}

/** The line that includes the repository's file goes into the file that has to name it, or out of it. */
function includeSteps(
  { name, state }: RepositoryParams,
  { include, file }: RepositoryFormat,
  before: MaybeState,
): Step[] {
  if (include === undefined) return [];
  const content = before?.[INCLUDING.content];
  const text = content instanceof Content ? (content.text ?? '') : '';
  const edited = editText(text, { line: include.line(file(name)), state });
  if (edited.text === text) return [];
  const mode = textOf(before, INCLUDING.mode) ?? FILE_MODE;
  return [{ do: 'write', path: include.path, body: edited.text, mode, owner: '', group: '' }];
}
