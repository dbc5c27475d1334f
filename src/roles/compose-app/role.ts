import { defineRole, type RoleContext, type RoleItem, type RolePort } from '../../core/role.js';
import { appContents } from './app-files.js';
import { appParams, type AppParams } from './app-params.js';

function appItem(wanted: AppParams, { files }: RoleContext): RoleItem {
  const { name, path = `/srv/${name}`, state, pull, jobs } = wanted;
  const project = { path, project: name };
  if (state === 'absent') return { name, kind: 'compose', params: { ...project, state } };
  const { composeFile, files: others } = appContents(wanted, files);
  const { content, mode } = composeFile;
  return {
    name,
    kind: 'compose',
    params: {
      ...project,
      content,
      ...(mode === undefined ? {} : { mode }),
      files: others,
      state,
      pull,
      jobs,
    },
  };
}

function ports({ name, state, host_ports: all }: AppParams): RolePort[] {
  if (state !== 'running') return [];
  return all.map((text) => {
    const [protocol, port] = text.split('/');
    return { protocol: protocol === 'udp' ? 'udp' : 'tcp', port: Number(port), what: name };
  });
}

/** An application of containers: a folder of the project, brought to the host as it is. Docker is the role `docker`'s. */
export default defineRole<AppParams>({
  summary:
    'An application runs as the compose file in its folder says, and starts anew where its files change',
  params: appParams,
  examples: [
    { name: 'wiki' },
    { name: 'wiki', folder: 'apps/wiki', env: { WIKI_PORT: 8080 }, vars: { title: 'House' }, pull: 'always' },
    { name: 'resolver', folder: 'apps/wiki', path: '/opt/resolver', host_ports: ['udp/53', 'tcp/53'] },
    { name: 'old', state: 'absent' },
  ],
  items: (wanted, context) => ({ items: [appItem(wanted, context)] }),
  ports,
});
