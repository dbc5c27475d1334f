import type { RoleFiles } from '../core/role.js';
import type { TemplateSource } from '../render/template-source.js';
import type { Binding } from './binding.js';

/** The files of homelab and of the project that the role of this name may read, for one host. */
export function roleFiles(
  role: string,
  {
    folder,
    renderer,
    facts,
    values,
    exampleValues,
  }: Pick<Binding, 'folder' | 'renderer' | 'facts'> & Pick<Binding, 'values' | 'exampleValues'>,
): RoleFiles {
  const render = (template: TemplateSource, own: Readonly<Record<string, unknown>>) =>
    renderer.renderText(template, { ...(facts === undefined ? exampleValues : values), ...own });
  return {
    render: (name, own) => render(folder.roleTemplate(role, name), own),
    list: (path) => folder.list(path),
    read: (path) => folder.read(path),
    renderFile: (path, own) => render(folder.textFile(path), own),
  };
}
