import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-file';
const MEGABYTE = 'a line of a long file\n'.repeat(50_000);

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir ${FOLDER}; id carol >/dev/null 2>&1 || useradd --system carol`,
  tearDown: `rm -rf ${FOLDER}; userdel carol`,
  files: { 'files/source.bin': Buffer.from(Array.from({ length: 256 }, (_, value) => value)) },
  rows: [
    {
      name: 'content, mode, owner and group',
      params: {
        path: `${FOLDER}/motd`,
        content: 'welcome\n',
        mode: '0640',
        owner: 'carol',
        group: 'carol',
      },
      holds: {
        shell: `cat ${FOLDER}/motd; stat -c '%a %U %G' ${FOLDER}/motd`,
        prints: 'welcome\n640 carol carol\n',
      },
      damages: [
        { by: `echo changed >${FOLDER}/motd`, fields: ['content'] },
        { by: `chmod 0600 ${FOLDER}/motd; chgrp root ${FOLDER}/motd`, fields: ['group', 'mode'] },
        { by: `rm ${FOLDER}/motd`, fields: ['content', 'group', 'mode', 'owner', 'state'] },
      ],
      undo: {
        params: { path: `${FOLDER}/motd`, state: 'absent' },
        holds: { shell: `ls -A ${FOLDER} | grep motd || true`, prints: '' },
      },
    },
    {
      name: 'a file of the project over one that is there, with a backup and a check',
      given: `echo old >${FOLDER}/source.bin; chmod 0604 ${FOLDER}/source.bin`,
      params: {
        path: `${FOLDER}/source.bin`,
        source: 'files/source.bin',
        backup: true,
        validate: ['test', '-s', '{{candidate}}'],
      },
      holds: {
        shell: `wc -c <${FOLDER}/source.bin; stat -c %a ${FOLDER}/source.bin; cat ${FOLDER}/source.bin.homelab-*`,
        prints: '256\n604\nold\n',
      },
      damages: [
        { by: `rm ${FOLDER}/source.bin.homelab-*; echo old >${FOLDER}/source.bin`, fields: ['content'] },
      ],
      undo: {
        params: { path: `${FOLDER}/source.bin`, state: 'absent' },
        holds: { shell: `test ! -e ${FOLDER}/source.bin`, prints: '' },
      },
    },
  ],
  oddValues: [
    { name: 'a space', path: `${FOLDER}/with space`, content: 'a  b\n' },
    { name: 'quotes', path: `${FOLDER}/qu'o"te\`s`, content: `'"\`\\\n` },
    { name: 'unicode', path: `${FOLDER}/ünï ☂`, content: 'naïve ☂ 日本\n' },
    { name: 'a leading dash', path: `${FOLDER}/-rf`, content: '-n' },
    {
      name: 'glob characters and expansions',
      path: `${FOLDER}/*?[a]{b}$(id)~!`,
      content: '* $(id) ${HOME} !! %s\n',
    },
    { name: 'carriage returns and empty lines', path: `${FOLDER}/crlf`, content: '\r\n\r\n\n\n' },
    { name: 'no byte at all', path: `${FOLDER}/empty`, content: '' },
    { name: 'a megabyte', path: `${FOLDER}/megabyte`, content: MEGABYTE },
  ].map(({ name, path, content }) => ({
    name,
    params: { path, content },
    holds: { shell: `cat '${path.replaceAll("'", "'\\''")}'`, prints: content },
  })),
  interruption: {
    from: `printf old >${FOLDER}/interrupted; chmod 0644 ${FOLDER}/interrupted`,
    params: { path: `${FOLDER}/interrupted`, content: MEGABYTE, mode: '0600' },
    observe: [`sha256sum <${FOLDER}/interrupted; stat -c %a ${FOLDER}/interrupted`],
  },
};

export default contract;
