import { writeYaml } from '../yaml/write-yaml.js';
import { toJsonSchema } from './json-schema.js';
import type { NamedKind } from './kinds.js';
import { code, parameterTable, yamlBlock } from './markdown.js';
import { parametersOf } from './parameters.js';

/** The page of a kind. */
export function kindPage({ kind, task }: NamedKind): string {
  const parameters = parametersOf(toJsonSchema(task.params));
  const notes = [
    ...(task.touches === undefined
      ? ['It may alter anything: what comes after it is looked at again before it is done.']
      : []),
    ...(task.doesPrint === true
      ? [`With an ${code('id')}, what it prints is ${code('{{results.ID.stdout}}')} for later items.`]
      : []),
  ];
  return [
    `# ${kind}\n`,
    `${task.summary}.\n`,
    ...notes.map((note) => `${note}\n`),
    parameterTable(parameters, 'parameter'),
    `What else an item may have: [keys of an item](../playbook.md#keys-of-an-item).\n`,
    '## Examples\n',
    yamlBlock(writeYaml(task.examples.map((example) => ({ [kind]: example })))),
  ].join('\n');
}
