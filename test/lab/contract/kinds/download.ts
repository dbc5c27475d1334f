import { createHash } from 'node:crypto';
import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-download';
const ADDRESS = 'http://127.0.0.1:8071';
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const MEGABYTE = 'a line of a long file\n'.repeat(50_000);
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

/** Big enough that a connection can be killed on the way. */
const LARGE_LINE = 'thirty-two bytes of a large file';
const LARGE = `${LARGE_LINE}\n`.repeat(1_500_000);

const contract: KindContract = {
  setUp: `DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends busybox >/dev/null 2>&1 </dev/null
rm -rf ${FOLDER}; mkdir -p ${FOLDER}/www; cd ${FOLDER}/www
id carol >/dev/null 2>&1 || useradd --system carol
printf 'first\\n' >first; printf 'second\\n' >second; : >empty; printf -- '-n' >'a b'
yes 'a line of a long file' | head -n 50000 >megabyte
yes '${LARGE_LINE}' | head -n 1500000 >large
systemd-run --quiet --unit=contract-download busybox httpd -f -p 127.0.0.1:8071 -h ${FOLDER}/www
for try in 1 2 3 4 5 6 7 8 9 10; do curl -sf ${ADDRESS}/first >/dev/null && break; sleep 0.2; done`,
  tearDown: `systemctl stop contract-download; rm -rf ${FOLDER}; userdel carol`,
  rows: [
    {
      name: 'a new file with mode, owner and group',
      params: {
        url: `${ADDRESS}/first`,
        path: `${FOLDER}/tool`,
        sha256: sumOf('first\n'),
        mode: '0750',
        owner: 'carol',
        group: 'carol',
        timeout: 30,
      },
      holds: {
        shell: `cat ${FOLDER}/tool; stat -c '%a %U %G' ${FOLDER}/tool`,
        prints: 'first\n750 carol carol\n',
      },
      damages: [
        { by: `echo changed >${FOLDER}/tool`, fields: ['sha256'] },
        { by: `chmod 0600 ${FOLDER}/tool; chgrp root ${FOLDER}/tool`, fields: ['group', 'mode'] },
        { by: `rm ${FOLDER}/tool`, fields: ['group', 'mode', 'owner', 'sha256', 'state'] },
      ],
      undo: {
        params: { path: `${FOLDER}/tool`, state: 'absent' },
        holds: { shell: `test ! -e ${FOLDER}/tool`, prints: '' },
      },
    },
    {
      name: 'a file over one that is there, which keeps its mode and owner',
      given: `echo old >${FOLDER}/kept; chmod 0604 ${FOLDER}/kept; chown carol ${FOLDER}/kept`,
      params: { url: `${ADDRESS}/second`, path: `${FOLDER}/kept`, sha256: sumOf('second\n').toUpperCase() },
      holds: {
        shell: `cat ${FOLDER}/kept; stat -c '%a %U' ${FOLDER}/kept`,
        prints: 'second\n604 carol\n',
      },
      damages: [{ by: `: >${FOLDER}/kept`, fields: ['sha256'] }],
      undo: {
        params: { path: `${FOLDER}/kept`, state: 'absent' },
        holds: { shell: `test ! -e ${FOLDER}/kept`, prints: '' },
      },
    },
  ],
  oddValues: [
    { name: 'a space', path: `${FOLDER}/with space`, at: 'a%20b', body: '-n' },
    { name: 'quotes', path: `${FOLDER}/qu'o"te\`s`, at: 'first', body: 'first\n' },
    { name: 'unicode', path: `${FOLDER}/ünï ☂`, at: 'first', body: 'first\n' },
    { name: 'a leading dash', path: `${FOLDER}/-rf`, at: 'first', body: 'first\n' },
    {
      name: 'glob characters and expansions',
      path: `${FOLDER}/*?[a]{b}$(id)~!`,
      at: "first?[1-3]&a='$(id)'*!",
      body: 'first\n',
    },
    { name: 'no byte at all', path: `${FOLDER}/empty`, at: 'empty', body: '' },
    { name: 'a megabyte', path: `${FOLDER}/megabyte`, at: 'megabyte', body: MEGABYTE },
  ].map(({ name, path, at, body }) => ({
    name,
    params: { path, url: `${ADDRESS}/${at}`, sha256: sumOf(body) },
    holds: { shell: `cat ${quoted(path)}`, prints: body },
  })),
  interruption: {
    from: `printf old >${FOLDER}/interrupted; chmod 0644 ${FOLDER}/interrupted`,
    params: { path: `${FOLDER}/interrupted`, url: `${ADDRESS}/large`, sha256: sumOf(LARGE), mode: '0600' },
    observe: [
      `sha256sum <${FOLDER}/interrupted; stat -c %a ${FOLDER}/interrupted`,
      `find ${FOLDER} -name '.homelab*'`,
    ],
  },
};

export default contract;
