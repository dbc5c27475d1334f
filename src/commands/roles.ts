import * as Args from '@oclif/core/args';
import { HomelabError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { createRoleRegistry } from '../core/role-registry.js';
import { roleDocument, roleText } from '../reference/kind-text.js';
import { loadRoles } from '../reference/kinds.js';
import { renderTable } from '../report/tables.js';
import { HomelabCommand } from './shared/base-command.js';
import { displayFlags } from './shared/flags.js';

export default class Roles extends HomelabCommand {
  static override summary = 'The roles, or one of them with its parameters and examples';
  static override examples = ['<%= config.bin %> roles', '<%= config.bin %> roles time'];
  static override args = { name: Args.string({ description: 'a role, e.g. time' }) };
  static override flags = displayFlags;

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(Roles);
    const { display, palette, isJson } = await this.screen(flags);
    const registry = createRoleRegistry();
    const style = { palette, width: display.width };
    const { name } = args;
    if (name !== undefined && !registry.has(name)) throw unknownRole(name, registry.roles());
    const roles =
      name === undefined ? await loadRoles(registry) : [{ name, role: await registry.load(name) }];
    const [first] = roles;
    if (isJson) this.printJson({ roles: roles.map(roleDocument) });
    else if (name !== undefined && first !== undefined) this.print(roleText(first, style));
    else
      this.print(
        renderTable(
          ['role', 'keeps'],
          roles.map(({ name, role }) => [name, role.summary]),
          style,
        ),
      );
    return 0;
  }
}

function unknownRole(name: string, roles: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'usage/unknown-role',
    message: `there is no role "${name}"`,
    hint: didYouMean(name, roles) ?? '`homelab roles` lists the roles.',
  });
}
