import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-setting';
const ODD = String.raw`-e  'a' "b" \n \\1 $& $(id) ${'`'}id${'`'} * ?[x] !! %s = : ~ ünï ☂ # ; z`;

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir -p ${FOLDER}/ssh; id carol >/dev/null 2>&1 || useradd --system carol`,
  tearDown: `rm -rf ${FOLDER}; userdel carol`,
  rows: [
    {
      name: 'in a section, its comments and neighbours left alone',
      given: `printf '[a]\\nk = 1\\n\\n[Journal]\\n#k = 9\\nz = 1 ; b\\nk = 2\\n' >${FOLDER}/ini
        chown carol:carol ${FOLDER}/ini; chmod 0640 ${FOLDER}/ini`,
      params: { path: `${FOLDER}/ini`, section: 'Journal', key: 'k', value: '200M' },
      holds: {
        shell: `cat ${FOLDER}/ini; stat -c '%a %U %G' ${FOLDER}/ini`,
        prints: '[a]\nk = 1\n\n[Journal]\n#k = 9\nz = 1 ; b\nk = 200M\n640 carol carol\n',
      },
      damages: [
        { by: `sed -i s/200M/100M/ ${FOLDER}/ini; chmod 0640 ${FOLDER}/ini`, fields: ['value'] },
        {
          by: `echo 'k=3' >>${FOLDER}/ini; sed -i /200M/d ${FOLDER}/ini; echo 'k = 4' >>${FOLDER}/ini; chmod 0640 ${FOLDER}/ini`,
          fields: ['value'],
        },
      ],
      undo: {
        params: { path: `${FOLDER}/ini`, section: 'Journal', key: 'k', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/ini`, prints: '[a]\nk = 1\n\n[Journal]\n#k = 9\nz = 1 ; b\n' },
      },
    },
    {
      name: 'in a file and a section of its own',
      params: {
        path: `${FOLDER}/created`,
        format: 'ini',
        section: 'remote "origin"',
        key: 'fetch all',
        value: true,
        separator: ' = ',
        create: true,
      },
      holds: {
        shell: `cat ${FOLDER}/created; stat -c %a ${FOLDER}/created`,
        prints: '[remote "origin"]\nfetch all = true\n644\n',
      },
      damages: [{ by: `rm ${FOLDER}/created`, fields: ['state', 'value'] }],
      undo: {
        params: { path: `${FOLDER}/created`, section: 'remote "origin"', key: 'fetch all', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/created`, prints: '[remote "origin"]\n' },
      },
    },
    {
      name: 'of a shell, checked and kept',
      given: `printf 'A=1\\r\\n#K=1\\r\\nZ=1\\r\\n' >${FOLDER}/shell`,
      params: {
        path: `${FOLDER}/shell`,
        key: 'K',
        value: 2,
        validate: ['grep', '-q', '^K=2', '{{candidate}}'],
        backup: true,
      },
      holds: {
        shell: `cat ${FOLDER}/shell ${FOLDER}/shell.homelab-*`,
        prints: 'A=1\r\n#K=1\r\nK=2\r\nZ=1\r\nA=1\r\n#K=1\r\nZ=1\r\n',
      },
      damages: [
        {
          by: `rm ${FOLDER}/shell.homelab-*; printf 'A=1\\r\\n#K=1\\r\\nZ=1\\r\\n' >${FOLDER}/shell`,
          fields: ['value'],
        },
      ],
      undo: {
        params: { path: `${FOLDER}/shell`, key: 'K', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/shell`, prints: 'A=1\r\n#K=1\r\nZ=1\r\n' },
      },
    },
    {
      name: 'of sshd, as sshd reads it',
      given: `cp /etc/ssh/sshd_config ${FOLDER}/ssh/sshd_config; printf 'Match User carol\\n  PermitTTY no\\n' >>${FOLDER}/ssh/sshd_config`,
      params: { path: `${FOLDER}/ssh/sshd_config`, key: 'permittty', value: 'yes', format: 'keyvalue' },
      holds: {
        shell: `mkdir -p /run/sshd
          for user in carol root; do
            sshd -T -f ${FOLDER}/ssh/sshd_config -C user=$user,host=x,addr=10.0.0.1 | grep permittty
          done`,
        prints: 'permittty no\npermittty yes\n',
      },
      damages: [{ by: `sed -i 's/^permittty.*/PermitTTY no/' ${FOLDER}/ssh/sshd_config`, fields: ['value'] }],
      undo: {
        params: { path: `${FOLDER}/ssh/sshd_config`, key: 'PermitTTY', state: 'absent' },
        holds: {
          shell: `grep -ci '^ *permittty' ${FOLDER}/ssh/sshd_config`,
          prints: '1\n',
        },
      },
    },
  ],
  oddValues: [
    { name: 'quotes, globs, expansions and unicode', section: '☂ $(id) *', key: `-n 'k' $& .*`, value: ODD },
    { name: 'nothing', section: 's', key: 'k', value: '' },
    { name: 'half a megabyte', section: 's', key: 'k', value: 'long '.repeat(100_000).trim() },
  ].map(({ name, section, key, value }, index) => ({
    name,
    params: { path: `${FOLDER}/odd-${index}`, section, key, value, create: true },
    holds: { shell: `cat ${FOLDER}/odd-${index}`, prints: `[${section}]\n${key}=${value}\n` },
  })),
  interruption: {
    from: `{ echo k=old; yes 'a line of a long file' | head -n 40000; } >${FOLDER}/interrupted; chmod 0600 ${FOLDER}/interrupted`,
    params: { path: `${FOLDER}/interrupted`, key: 'k', value: 'new' },
    observe: [`sha256sum <${FOLDER}/interrupted; stat -c %a ${FOLDER}/interrupted`],
  },
};

export default contract;
