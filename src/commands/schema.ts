import * as Args from '@oclif/core/args';
import { HomelabError } from '../core/errors.js';
import { EXIT } from '../core/exit-codes.js';
import { didYouMean } from '../core/nearest.js';
import { createRegistry } from '../core/registry.js';
import { createRoleRegistry } from '../core/role-registry.js';
import { fileSchema, SCHEMA_FILES, SCHEMA_NAMES, type SchemaName } from '../reference/file-schemas.js';
import { displayFlags, projectFlags } from './shared/flags.js';
import { ProjectCommand } from './shared/project-command.js';
import { writeSchemas } from './shared/write-schemas.js';

export default class Schema extends ProjectCommand {
  static override summary = 'JSON Schemas, from which editors complete and check';
  static override description =
    'Without a name: writes all of them into .homelab/schemas of the project; those that are up to date are left as they are.';
  static override examples = ['<%= config.bin %> schema', '<%= config.bin %> schema playbook'];
  static override args = {
    name: Args.string({
      description: `print this one instead: ${SCHEMA_NAMES.map((name) => `${name} (${SCHEMA_FILES[name]})`).join(', ')}`,
    }),
  };
  static override flags = { ...displayFlags, project: projectFlags.project };

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(Schema);
    const { isJson } = await this.screen(flags);
    if (args.name !== undefined) {
      this.printJson(
        await fileSchema(knownName(args.name), { kinds: createRegistry(), roles: createRoleRegistry() }),
      );
      return EXIT.done;
    }
    const dir = this.findProject(flags);
    const files = await writeSchemas(dir);
    if (isJson) this.printJson({ command: 'schema', version: 1, exitCode: EXIT.done, dir, files });
    else if (!flags.quiet) for (const { path, status } of files) this.print(`${status.padEnd(9)}  ${path}\n`);
    return EXIT.done;
  }
}

function knownName(name: string): SchemaName {
  const known = SCHEMA_NAMES.find((one) => one === name);
  if (known !== undefined) return known;
  throw new HomelabError({
    code: 'usage/unknown-schema',
    message: `there is no schema "${name}"`,
    hint: didYouMean(name, SCHEMA_NAMES) ?? `There are: ${SCHEMA_NAMES.join(', ')}.`,
  });
}
