import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { EXIT } from '../core/exit-codes.js';
import { askPerson, requireAnswer } from './shared/ask-person.js';
import { HomelabCommand } from './shared/base-command.js';
import { displayFlags } from './shared/flags.js';
import { PROJECT_SKELETON } from './shared/project-skeleton.js';
import { schemaTexts } from './shared/write-schemas.js';

export default class Init extends HomelabCommand {
  static override summary = 'Make a new project: inventory, playbook, template';
  static override description = 'Files that are there already are left as they are.';
  static override args = { dir: Args.string({ description: 'folder of the project', default: '.' }) };
  static override flags = { ...displayFlags, yes: Flags.boolean({ char: 'y', description: 'do not ask' }) };

  protected override async execute(): Promise<number> {
    const { flags, args } = await this.parse(Init);
    const { isJson } = await this.screen(flags);
    const dir = resolve(args.dir);
    const files: Readonly<Record<string, string>> = { ...PROJECT_SKELETON, ...(await schemaTexts()) };
    const paths = Object.keys(files);
    const created = paths.filter((path) => !existsSync(join(dir, path)));
    const kept = paths.filter((path) => !created.includes(path));
    if (created.length > 0 && !flags.yes && !(await isWanted(dir, created))) return EXIT.failed;
    for (const path of created) {
      mkdirSync(join(dir, dirname(path)), { recursive: true });
      writeFileSync(join(dir, path), files[path] ?? '', { flag: 'wx' });
    }
    if (isJson) this.printJson({ command: 'init', version: 1, exitCode: 0, dir, created, kept });
    else this.#tell(dir, { created, kept });
    return EXIT.done;
  }

  #tell(dir: string, { created, kept }: { created: readonly string[]; kept: readonly string[] }): void {
    for (const path of created) this.print(`created  ${path}\n`);
    for (const path of kept) this.print(`kept     ${path}\n`);
    const here = relative(process.cwd(), dir);
    const enter = here === '' ? '' : `cd ${here}, `;
    this.print(`Next: ${enter}write your machines into inventory/hosts.yml, then homelab validate.\n`);
  }
}

async function isWanted(dir: string, created: readonly string[]): Promise<boolean> {
  const answer = await askPerson(`Create ${created.join(', ')} in ${dir}?`);
  return requireAnswer(answer, { what: '', hint: 'Give --yes.' });
}
