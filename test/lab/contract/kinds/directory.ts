import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-directory';
const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;
const ODD = ['a  b', `qu'o"te`, 'ünï ☂ 日本', '-rf', '*?[a]{b}', '$(id) `id` ~!'];

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir ${FOLDER}; id carol >/dev/null 2>&1 || useradd --system carol`,
  tearDown: `rm -rf ${FOLDER}; userdel carol`,
  rows: [
    {
      name: 'made with what is above it, with mode, owner and group',
      params: { path: `${FOLDER}/deep/er/media`, mode: '2775', owner: 'carol', group: 'carol' },
      holds: {
        shell: `stat -c '%F %a %U %G' ${FOLDER}/deep/er/media; stat -c '%a %U' ${FOLDER}/deep`,
        prints: 'directory 2775 carol carol\n755 root\n',
      },
      damages: [
        { by: `chmod 0700 ${FOLDER}/deep/er/media; chmod g-s ${FOLDER}/deep/er/media`, fields: ['mode'] },
        { by: `chown root:root ${FOLDER}/deep/er/media`, fields: ['group', 'owner'] },
        { by: `rm -r ${FOLDER}/deep`, fields: ['group', 'mode', 'owner', 'state'] },
      ],
      undo: {
        params: { path: `${FOLDER}/deep/er/media`, state: 'absent' },
        holds: { shell: `ls -A ${FOLDER}/deep/er`, prints: '' },
      },
    },
    {
      name: 'purged of what nobody keeps',
      given: `mkdir -p ${FOLDER}/purged/stray; touch ${FOLDER}/purged/stray/in ${FOLDER}/purged/.hidden ${FOLDER}/purged/-rf '${FOLDER}/purged/a  b'
ln -s /etc ${FOLDER}/purged/link`,
      params: { path: `${FOLDER}/purged`, purge: true },
      holds: { shell: `ls -A ${FOLDER}/purged; test -f /etc/passwd`, prints: '' },
      damages: [
        { by: `touch ${FOLDER}/purged/new '${FOLDER}/purged/*'`, fields: ['entry.*', 'entry.new'] },
        { by: `rmdir ${FOLDER}/purged`, fields: ['state'] },
      ],
      undo: {
        params: { path: `${FOLDER}/purged`, state: 'absent' },
        holds: { shell: `ls -A ${FOLDER} | grep purged || true`, prints: '' },
      },
    },
    {
      name: 'removed with all that is in it, but not what its links show',
      given: `mkdir -p ${FOLDER}/full/of/things ${FOLDER}/elsewhere; touch ${FOLDER}/elsewhere/kept; ln -s ../elsewhere ${FOLDER}/full/link`,
      params: { path: `${FOLDER}/full`, state: 'absent' },
      holds: { shell: `ls -A ${FOLDER} | grep full || true; ls ${FOLDER}/elsewhere`, prints: 'kept\n' },
      damages: [{ by: `mkdir ${FOLDER}/full`, fields: ['state'] }],
      undo: { because: 'What was removed is not known any more.' },
    },
  ],
  oddValues: ODD.map((name) => ({
    name,
    params: { path: `${FOLDER}/odd ${name}/${name}`, mode: '0711' },
    holds: {
      shell: `stat -c '%a %F' -- ${quoted(`${FOLDER}/odd ${name}/${name}`)}`,
      prints: '711 directory\n',
    },
  })),
  interruption: {
    from: `rm -rf ${FOLDER}/cut; mkdir -p ${FOLDER}/cut/stray; chmod 0755 ${FOLDER}/cut`,
    params: { path: `${FOLDER}/cut`, mode: '0750', purge: true },
    observe: [`stat -c %a ${FOLDER}/cut`, `ls -A ${FOLDER}/cut`],
  },
};

export default contract;
