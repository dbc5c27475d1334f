import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-command';
const ODD = [
  'a  b',
  `qu'o"te`,
  'ünï ☂ 日本',
  '-n',
  '*?[a]{b}',
  '$(id) `id` ~! %s \\n',
  'two\nlines\n',
  'x'.repeat(100_000),
];
const MEGABYTE = 'a line of a long input\n'.repeat(45_000);

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir ${FOLDER}`,
  tearDown: `rm -rf ${FOLDER}`,
  rows: [
    {
      name: 'words, until a path is there',
      params: { argv: ['touch', 'made'], creates: `${FOLDER}/made`, cwd: FOLDER },
      holds: { shell: `ls ${FOLDER} | grep made`, prints: 'made\n' },
      damages: [{ by: `rm ${FOLDER}/made`, fields: ['run'] }],
      undo: { because: 'What undoes a command only its author knows.' },
    },
    {
      name: 'shell text, until a path is gone',
      given: `touch ${FOLDER}/gone`,
      params: {
        shell: `rm ${FOLDER}/gone && echo done | tr a-z A-Z >${FOLDER}/log`,
        removes: `${FOLDER}/gone`,
      },
      holds: { shell: `cat ${FOLDER}/log; ls ${FOLDER} | grep gone || true`, prints: 'DONE\n' },
      damages: [{ by: `touch ${FOLDER}/gone`, fields: ['run'] }],
      undo: { because: 'What undoes a command only its author knows.' },
    },
    {
      name: 'unless a question is answered by yes, with an environment and an input',
      params: {
        shell: `cat >"$PLACE"; exit 3`,
        unless: 'test -s "$PLACE"',
        env: { PLACE: `${FOLDER}/with env`, COUNT: 3 },
        stdin: 'from stdin\n',
        success_codes: [3],
      },
      holds: { shell: `cat '${FOLDER}/with env'`, prints: 'from stdin\n' },
      damages: [{ by: `: >'${FOLDER}/with env'`, fields: ['run'] }],
      undo: { because: 'What undoes a command only its author knows.' },
    },
    {
      name: 'only if a question is answered by yes',
      given: `touch ${FOLDER}/old`,
      params: {
        argv: ['mv', '--', 'old', 'new'],
        only_if: 'test -e old',
        cwd: FOLDER,
        sensitive: true,
      },
      holds: { shell: `ls ${FOLDER} | grep -e old -e new`, prints: 'new\n' },
      damages: [{ by: `touch ${FOLDER}/old`, fields: ['run'] }],
      undo: { because: 'What undoes a command only its author knows.' },
    },
  ],
  oddValues: [
    ...ODD.map((word, index) => ({
      name: `word ${index}`,
      params: {
        argv: ['sh', '-c', 'printf %s "$1" >"$2"', 'sh', word, `${FOLDER}/word ${index}`],
        creates: `${FOLDER}/word ${index}`,
      },
      holds: { shell: `cat '${FOLDER}/word ${index}'`, prints: word },
    })),
    {
      name: 'an input of a megabyte',
      params: {
        argv: ['dd', 'status=none', `of=${FOLDER}/input`],
        stdin: MEGABYTE,
        creates: `${FOLDER}/input`,
      },
      holds: { shell: `cat ${FOLDER}/input`, prints: MEGABYTE },
    },
  ],
  interruption: {
    from: `rm -f ${FOLDER}/cut`,
    // What a command leaves half done is its own: here one that is atomic, as a whole.
    params: {
      shell: `echo half >${FOLDER}/.cut; sleep 0.2; mv ${FOLDER}/.cut ${FOLDER}/cut`,
      creates: `${FOLDER}/cut`,
    },
    observe: [`cat ${FOLDER}/cut 2>/dev/null || true`],
  },
};

export default contract;
