import * as z from 'zod';
import { FACT_EXAMPLES, flattenFacts } from '../core/facts.js';
import { defaultsSchema, fileSchemaOf, groupSchema, hostSchema } from '../inventory/schema.js';
import { settingsSchema } from '../inventory/settings.js';
import { ACTION_KEYS } from '../playbook/action-frame.js';
import { itemFrameSchema, playSchemaOf, roleFrameSchema } from '../playbook/schema.js';
import { toJsonSchema } from './json-schema.js';
import { code, parameterTable, table } from './markdown.js';
import { parametersOf, type Parameter } from './parameters.js';

const keysOf = (schema: z.ZodType): readonly Parameter[] => parametersOf(toJsonSchema(schema));
const keyTable = (schema: z.ZodType): string => parameterTable(keysOf(schema), 'key');

/** What is the same for all files. */
const IGNORED = 'Unknown keys are mistakes; keys that begin with `x-` are ignored.\n';

/** The page about `homelab.yml`. */
export function settingsPage(): string {
  return [
    '# homelab.yml\n',
    'The settings of a project, in its folder. The file and every key of it may be left out.\n',
    IGNORED,
    keyTable(settingsSchema),
  ].join('\n');
}

/** The page about the files of `inventory/`. */
export function inventoryPage(): string {
  const part = z.unknown();
  return [
    '# inventory/\n',
    'All `inventory/*.yml` together are the inventory; a name given twice is a mistake. An executable file there that prints',
    'the same shape as JSON is a dynamic source.\n',
    IGNORED,
    '## Sections of a file\n',
    keyTable(fileSchemaOf({ defaults: defaultsSchema, group: part, host: part })),
    '## Keys of a group\n',
    keyTable(groupSchema),
    '## Keys of a host\n',
    'A host may be a name with nothing behind it. What the inventory leaves out, an entry of ssh_config fills in.\n',
    keyTable(hostSchema),
    '## Files of variables\n',
    '`inventory/group_vars/NAME.yml` and `inventory/host_vars/NAME.yml` are mappings of variables. Names are letters, digits',
    'and underscores. From the weakest to the strongest: `vars` of the inventory, of the groups in the order that the host',
    'names them, of the host, of the play, `--set`. A file is stronger than `vars` beside the name.\n',
  ].join('\n');
}

/** The page about playbooks. */
export function playbookPage(): string {
  const item = keysOf(itemFrameSchema);
  const facts = Object.entries(flattenFacts(FACT_EXAMPLES));
  return [
    '# playbooks/\n',
    'A playbook is a list of plays, which are done one after the other.\n',
    IGNORED,
    '## Keys of a play\n',
    keyTable(playSchemaOf({ role: z.unknown(), item: z.unknown(), action: z.unknown() })),
    '## Keys of a role\n',
    'An entry of `roles` is the name of a [role](README.md#roles), or a mapping with the parameters of the role and:\n',
    keyTable(roleFrameSchema),
    'Parameters that are not written there come from the variable that is named as the role, with underscores for dashes:',
    '`ssh_hardening: { … }` in the inventory tunes the role `ssh-hardening`. What the play writes wins, key by key. The items',
    'of a role come before the tasks of its play, and its actions before the actions.\n',
    '## Keys of an item\n',
    'An item has exactly one [kind](README.md#kinds), and beside it:\n',
    parameterTable(item, 'key'),
    '## Keys of an action\n',
    'An action has exactly one kind too, and beside it:\n',
    parameterTable(
      item.filter(({ name }) => ACTION_KEYS.includes(name)),
      'key',
    ),
    '## Conditions\n',
    'A condition, as in `when`, is a mapping: every key has to match, with its value or with one of a list.\n',
    table(
      ['key', 'is compared with'],
      [
        ...facts.map(([name, example]) => [
          code(name),
          example === '' ? 'the fact; often empty' : `the fact, e.g. ${code([example].flat().join(', '))}`,
        ]),
        [code('vars.NAME'), 'a variable'],
        [code('host'), 'the name of the host'],
        [code('group'), 'the groups of the host'],
        [code('changed'), 'ids of earlier items: whether one of them has changed something; in `when` alone'],
        [code('not'), 'a condition, which must not hold'],
      ],
    ),
    '## Templates\n',
    'Text of parameters, of `name` and of `each` may hold Handlebars: `{{vars.NAME}}`, `{{host.name}}`, `{{facts.os.name}}`,',
    '`{{#each groups.NAME}}{{address}}{{/each}}`. A text that is one `{{…}}` and nothing else becomes that value with its type.',
    'What is not defined is a mistake.\n',
  ].join('\n');
}
