import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { tarBytes } from '../../../tasks/shared/tar-bytes.js';
import type { KindContract, OddValueRow } from '../contract.js';

const FOLDER = '/srv/contract-archive';
const ADDRESS = 'http://127.0.0.1:8072';
const MEGABYTE = 'a line of a long file\n'.repeat(50_000);
const NO_UNDO = {
  because: 'What an archive brought is not known any more: a directory is removed with `directory`.',
};
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

const TOOL = gzipSync(
  tarBytes([
    { name: 'tool-1.4/', type: '5', mode: 0o755 },
    { name: 'tool-1.4/bin/tool', text: '#!/bin/sh\necho 1.4\n', mode: 0o755 },
    { name: 'tool-1.4/bin/alias', type: '2', target: 'tool' },
    { name: 'tool-1.4/share/doc', text: 'doc\n' },
  ]),
);
const SITE = tarBytes([
  { name: 'index.html', text: 'new index\n' },
  { name: 'css/site.css', text: 'new css\n' },
]);
const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const ODD_NAMES = [
  'a b',
  `qu'o"te\`s`,
  'ünï ☂',
  '-rf',
  '*?[a]{b}$(id)~!',
  'back\\slash',
  'a -> b',
  'megabyte',
];
const oddBody = (name: string): string => (name === 'megabyte' ? MEGABYTE : `in ${name}\n`);

const contract: KindContract = {
  setUp: `DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends busybox >/dev/null 2>&1 </dev/null
rm -rf ${FOLDER}; mkdir -p ${FOLDER}/www ${FOLDER}/many; cd ${FOLDER}
id carol >/dev/null 2>&1 || useradd --system carol
base64 -d >www/site.tar <<'END'
${SITE.toString('base64')}
END
for number in $(seq 400); do echo "new $number" >many/$number; done
head -c 20000000 /dev/zero >many/large
tar -cf many.tar many; rm -r many
systemd-run --quiet --unit=contract-archive busybox httpd -f -p 127.0.0.1:8072 -h ${FOLDER}/www
for try in 1 2 3 4 5 6 7 8 9 10; do curl -sf ${ADDRESS}/site.tar >/dev/null && break; sleep 0.2; done`,
  tearDown: `systemctl stop contract-archive; rm -rf ${FOLDER}; userdel carol`,
  files: {
    'files/tool.tar.gz': TOOL,
    'files/odd.tar': tarBytes(ODD_NAMES.map((name) => ({ name: `odd/${name}`, text: oddBody(name) }))),
  },
  rows: [
    {
      name: 'a file of the project becomes a new directory',
      params: {
        source: 'files/tool.tar.gz',
        sha256: sum(TOOL),
        path: `${FOLDER}/opt/tool`,
        creates: 'bin/tool',
        strip: 1,
        owner: 'carol',
        group: 'carol',
        mode: '0750',
      },
      holds: {
        shell: `cd ${FOLDER}/opt/tool; bin/alias; cat share/doc; stat -c '%a %U %G' . bin bin/tool; readlink bin/alias`,
        prints: '1.4\ndoc\n750 carol carol\n755 carol carol\n755 carol carol\ntool\n',
      },
      damages: [
        { by: `rm ${FOLDER}/opt/tool/bin/tool`, fields: ['unpacked'] },
        { by: `chmod 0700 ${FOLDER}/opt/tool; chgrp root ${FOLDER}/opt/tool`, fields: ['group', 'mode'] },
        { by: `rm -r ${FOLDER}/opt/tool`, fields: ['group', 'mode', 'owner', 'state', 'unpacked'] },
      ],
      undo: NO_UNDO,
    },
    {
      name: 'from the web over what is there, of which the rest stays',
      given: `mkdir -p ${FOLDER}/site/css; chmod 0711 ${FOLDER}/site; cd ${FOLDER}/site; echo old >css/site.css; echo mine >css/mine`,
      params: {
        source: `${ADDRESS}/site.tar`,
        sha256: sum(SITE),
        path: `${FOLDER}/site`,
        creates: `${FOLDER}/site/index.html`,
        timeout: 30,
      },
      holds: {
        shell: `cd ${FOLDER}/site; cat index.html css/site.css css/mine; stat -c '%a %U' . index.html`,
        prints: 'new index\nnew css\nmine\n711 root\n644 root\n',
      },
      damages: [{ by: `cd ${FOLDER}/site; rm index.html; echo old >css/site.css`, fields: ['unpacked'] }],
      undo: NO_UNDO,
    },
    {
      name: 'an archive that is on the host',
      params: { source: `${FOLDER}/www/site.tar`, path: `${FOLDER}/copy`, creates: 'css/site.css' },
      holds: { shell: `cat ${FOLDER}/copy/*.html ${FOLDER}/copy/css/*`, prints: 'new index\nnew css\n' },
      damages: [{ by: `rm -r ${FOLDER}/copy`, fields: ['state', 'unpacked'] }],
      undo: NO_UNDO,
    },
  ],
  oddValues: ODD_NAMES.map((name): OddValueRow => {
    const path = `${FOLDER}/into ${name}`;
    return {
      name: `a member and a directory with ${name}`,
      params: { source: 'files/odd.tar', path, creates: name, strip: 1 },
      holds: {
        shell: `cat -- ${quoted(`${path}/${name}`)}; ls -A ${quoted(path)} | wc -l`,
        prints: `${oddBody(name)}8\n`,
      },
    };
  }),
  interruption: {
    from: `rm -rf ${FOLDER}/interrupted; mkdir -p ${FOLDER}/interrupted/many; cd ${FOLDER}/interrupted/many
for number in $(seq 200); do echo "old $number" >$number; done; echo kept >kept`,
    params: { source: `${FOLDER}/many.tar`, path: `${FOLDER}/interrupted`, creates: 'many/400' },
    observe: [
      `cat ${FOLDER}/interrupted/many/1`,
      `cat ${FOLDER}/interrupted/many/200`,
      `cat ${FOLDER}/interrupted/many/201 2>/dev/null || echo missing`,
      `sha256sum ${FOLDER}/interrupted/many/large 2>/dev/null || echo missing`,
      // The mark is the last to come.
      `cd ${FOLDER}/interrupted/many; if [ -e 400 ]; then cat $(seq 400) | sha256sum; ls | wc -l; else echo unmarked; fi`,
      `find ${FOLDER} -name '.homelab*'`,
    ],
  },
};

export default contract;
