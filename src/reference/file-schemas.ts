import type { Registry } from '../core/registry.js';
import type { RoleRegistry } from '../core/role-registry.js';
import { defaultsSchema, fileSchemaOf, groupSchema, hostSchema } from '../inventory/schema.js';
import { settingsSchema } from '../inventory/settings.js';
import { variablesSchema } from '../inventory/vars-files.js';
import { toJsonSchema, type JsonSchema } from './json-schema.js';
import { loadKinds, loadRoles } from './kinds.js';
import { withIgnoredKeys } from './language-rules.js';
import { playbookSchema } from './playbook-schema.js';

/** The sorts of files that have a schema, and which files those are. */
export const SCHEMA_FILES = {
  homelab: 'homelab.yml',
  inventory: 'inventory/*.yml',
  vars: 'inventory/group_vars/*.yml, inventory/host_vars/*.yml',
  playbook: 'playbooks/*.yml',
} as const;

export type SchemaName = keyof typeof SCHEMA_FILES;

export const SCHEMA_NAMES = Object.keys(SCHEMA_FILES) as readonly SchemaName[];

/** Where the definitions come from that a playbook may name. */
export interface Registries {
  readonly kinds: Registry;
  readonly roles: RoleRegistry;
}

/** The JSON Schema (draft-07) of a sort of files. Only that of playbooks loads the task kinds and the roles. */
export async function fileSchema(name: SchemaName, registries: Registries): Promise<JsonSchema> {
  const head = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `homelab: ${SCHEMA_FILES[name]}`,
  };
  return { ...head, ...(await bodies[name](registries)) };
}

const bodies: Readonly<Record<SchemaName, (registries: Registries) => Promise<JsonSchema> | JsonSchema>> = {
  homelab: () => orEmpty(withIgnoredKeys(toJsonSchema(settingsSchema))),
  inventory: () => orEmpty(withIgnoredKeys(toJsonSchema(inventorySchema))),
  vars: () => orEmpty(toJsonSchema(variablesSchema)),
  playbook: async ({ kinds, roles }) => playbookSchema(await loadKinds(kinds), await loadRoles(roles)),
};

/** A host and a group may be a name with nothing behind it. */
const inventorySchema = fileSchemaOf({
  defaults: defaultsSchema.nullable(),
  group: groupSchema.nullable(),
  host: hostSchema.nullable(),
});

/** An empty file says nothing, which is allowed. */
function orEmpty(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [schema.type ?? []].flat().concat('null') };
}
