import { NO_PAGER, PAGER } from '../../fixtures/pager.js';
import type { KindContract } from '../contract.js';

const FOLDER = '/etc/pager.d';
const ODD = String.raw`-e  'a' "b" \n \\1 $& $(id) ${'`'}id${'`'} %s ünï ☂ # ;`;
const answers = { checks: [{ command: ['grep', '-q', '.', '/run/pager'] }], timeout: 5 };

const contract: KindContract = {
  setUp: PAGER,
  tearDown: NO_PAGER,
  rows: [
    {
      name: 'two files, one by the installed version, and one that goes',
      given: `echo old >${FOLDER}/old.conf`,
      params: {
        service: 'pager',
        files: [
          { path: `${FOLDER}/a.conf`, content: 'first\n', mode: '0640', owner: 'root', group: 'daemon' },
          {
            path: `${FOLDER}/b.conf`,
            variants: [
              { since: '1.9', content: 'new\n' },
              { since: '1.8', content: 'middle\n' },
              { refuse: 'no' },
            ],
          },
          { path: `${FOLDER}/old.conf`, state: 'absent' },
        ],
        version: ['pager-version'],
        validate: [
          'sh',
          '-c',
          `cat ${FOLDER}/*.conf | grep -q first && ! cat ${FOLDER}/*.conf | grep -q old`,
        ],
        ...answers,
      },
      holds: {
        shell: `cat /run/pager; ls -A ${FOLDER}; stat -c '%a %U %G' ${FOLDER}/a.conf; ls -d /var/lib/homelab/trials 2>/dev/null || true`,
        prints: 'first\nmiddle\na.conf\nb.conf\n640 root daemon\n',
      },
      damages: [
        { by: `echo x >>${FOLDER}/a.conf`, fields: [`${FOLDER}/a.conf`] },
        {
          by: `chmod 0600 ${FOLDER}/a.conf; rm ${FOLDER}/b.conf`,
          fields: [`${FOLDER}/a.conf mode`, `${FOLDER}/b.conf`],
        },
        { by: `touch ${FOLDER}/old.conf`, fields: [`${FOLDER}/old.conf`] },
        { by: 'mkdir -p /var/lib/homelab/trials/pager.service/began', fields: ['trial'] },
      ],
      undo: {
        params: {
          service: 'pager',
          files: ['a', 'b'].map((name) => ({ path: `${FOLDER}/${name}.conf`, state: 'absent' })),
        },
        holds: { shell: `ls -A ${FOLDER}; cat /run/pager`, prints: '' },
      },
    },
  ],
  oddValues: [
    {
      name: 'odd text',
      params: { service: 'pager', files: [{ path: `${FOLDER}/odd.conf`, content: ODD }], ...answers },
      holds: { shell: `cat ${FOLDER}/odd.conf`, prints: ODD },
    },
    {
      name: 'a large file',
      params: {
        service: 'pager',
        files: [{ path: `${FOLDER}/large.conf`, content: '0123456789abcde\n'.repeat(4096) }],
      },
      holds: { shell: `wc -c <${FOLDER}/large.conf`, prints: '65536\n' },
    },
  ],
  interruption: {
    from: `rm -rf /var/lib/homelab/trials; printf 'old\\n' >${FOLDER}/cut.conf; systemctl restart pager`,
    params: {
      service: 'pager',
      files: [{ path: `${FOLDER}/cut.conf`, content: 'new\n'.repeat(10_000) }],
      ...answers,
    },
    observe: [`cat ${FOLDER}/cut.conf`],
  },
};

export default contract;
