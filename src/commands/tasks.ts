import * as Args from '@oclif/core/args';
import { HomelabError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { createRegistry } from '../core/registry.js';
import { kindDocument, kindText } from '../reference/kind-text.js';
import { loadKinds } from '../reference/kinds.js';
import { renderTable } from '../report/tables.js';
import { HomelabCommand } from './shared/base-command.js';
import { displayFlags } from './shared/flags.js';

export default class Tasks extends HomelabCommand {
  static override summary = 'The task kinds, or one of them with its parameters and examples';
  static override examples = ['<%= config.bin %> tasks', '<%= config.bin %> tasks file'];
  static override args = { kind: Args.string({ description: 'a kind, e.g. file' }) };
  static override flags = displayFlags;

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(Tasks);
    const { display, palette, isJson } = await this.screen(flags);
    const registry = createRegistry();
    const style = { palette, width: display.width };
    if (args.kind !== undefined && !registry.has(args.kind)) throw unknownKind(args.kind, registry.kinds());
    const { kind } = args;
    const kinds =
      kind === undefined ? await loadKinds(registry) : [{ kind, task: await registry.load(kind) }];
    const [first] = kinds;
    if (isJson) this.printJson({ kinds: kinds.map(kindDocument) });
    else if (args.kind !== undefined && first !== undefined) this.print(kindText(first, style));
    else
      this.print(
        renderTable(
          ['kind', 'keeps'],
          kinds.map(({ kind, task }) => [kind, task.summary]),
          style,
        ),
      );
    return 0;
  }
}

function unknownKind(kind: string, kinds: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'usage/unknown-kind',
    message: `there is no task kind "${kind}"`,
    hint: didYouMean(kind, kinds) ?? '`homelab tasks` lists the kinds.',
  });
}
