import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-link';
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const ODD = ['a  b', `qu'o"te`, 'ünï ☂ 日本', '-sfn', '*?[a]{b}', '$(id) `id` ~!', 'back\\slash\\n'];

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir -p ${FOLDER}/one ${FOLDER}/two; touch ${FOLDER}/one/kept`,
  tearDown: `rm -rf ${FOLDER}`,
  rows: [
    {
      name: 'a link in place of one to a directory',
      given: `ln -s one ${FOLDER}/current`,
      params: { path: `${FOLDER}/current`, target: 'two' },
      holds: {
        shell: `readlink ${FOLDER}/current; ls -A ${FOLDER}/one ${FOLDER}/two`,
        prints: `two\n${FOLDER}/one:\nkept\n\n${FOLDER}/two:\n`,
      },
      damages: [
        { by: `ln -sfn one ${FOLDER}/current`, fields: ['target'] },
        { by: `rm ${FOLDER}/current`, fields: ['state', 'target'] },
      ],
      undo: {
        params: { path: `${FOLDER}/current`, state: 'absent' },
        holds: { shell: `ls -A ${FOLDER}`, prints: 'dangling\none\ntwo\n' },
      },
    },
    {
      name: 'a link to what is not there',
      params: { path: `${FOLDER}/dangling`, target: '/nonexistent/far' },
      holds: { shell: `readlink ${FOLDER}/dangling`, prints: '/nonexistent/far\n' },
      damages: [{ by: `ln -sfn /nonexistent/fa ${FOLDER}/dangling`, fields: ['target'] }],
      undo: { because: 'The row above it shows it.' },
    },
  ],
  oddValues: ODD.map((name) => ({
    name,
    params: { path: `${FOLDER}/${name}`, target: `${name} ` },
    holds: { shell: `readlink -- ${quoted(`${FOLDER}/${name}`)}`, prints: `${name} \n` },
  })),
  interruption: {
    because: 'One rename(2) by one program, over before a connection that is cut could be noticed.',
  },
};

export default contract;
