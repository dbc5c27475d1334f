import { writeYaml } from '../yaml/write-yaml.js';
import { toJsonSchema } from './json-schema.js';
import type { NamedRole } from './kinds.js';
import { code, parameterTable, yamlBlock } from './markdown.js';
import { parametersOf } from './parameters.js';
import { roleEntry } from './role-entry.js';
import { roleSystemLines } from './role-systems.js';

/** The page of a role. */
export function rolePage({ name, role }: NamedRole): string {
  const variable = name.replaceAll('-', '_');
  return [
    `# ${name}\n`,
    `${role.summary}.\n`,
    `${roleSystemLines(role).join(' ')}\n`,
    parameterTable(parametersOf(toJsonSchema(role.params)), 'parameter'),
    `A parameter that the play does not write comes from the variable ${code(variable)}. What else an entry may have:`,
    '[keys of a role](../playbook.md#keys-of-a-role).\n',
    '## Examples\n',
    yamlBlock(writeYaml({ roles: role.examples.map((example) => roleEntry(name, example)) })),
  ].join('\n');
}
