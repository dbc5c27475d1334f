import type { KindContract } from '../contract.js';

const MAIN = '/etc/ssh/sshd_config';
const FOLDER = '/etc/ssh/sshd_config.d';
const FILE = `${FOLDER}/00-homelab.conf`;
const HEADER = '# Kept by homelab: changes by hand are overwritten.\n';

/** What sshd says of some keywords, for somebody who logs in as admin. */
const effective = (keywords: string): string =>
  `sshd -T -C user=admin,host=h,addr=192.0.2.1,laddr=192.0.2.2,lport=22 | grep -E '^(${keywords}) ' | sort`;

const BACK = `rm -f ${FILE} ${FOLDER}/50-contract.conf ${FOLDER}/60-contract.conf
cmp -s ${MAIN} /root/contract-sshd_config || cp -p /root/contract-sshd_config ${MAIN}
systemctl reload ssh`;

const contract: KindContract = {
  setUp: `cp -p ${MAIN} /root/contract-sshd_config`,
  tearDown: `${BACK}; rm /root/contract-sshd_config`,
  rows: [
    {
      name: 'settings and a block, where the main file includes nothing',
      given: `sed -i '/^Include/d; s/^#MaxAuthTries.*/MaxAuthTries 5/' ${MAIN}`,
      params: {
        settings: { MaxAuthTries: 4, PermitRootLogin: 'prohibit-password', AllowTcpForwarding: false },
        match: [
          {
            criteria: { User: 'admin' },
            settings: { AllowTcpForwarding: 'local', PermitOpen: ['10.77.1.12:2222', 'nas:22'] },
          },
        ],
      },
      holds: {
        shell: `cat ${FILE}; stat -c '%a %U' ${FILE}; head -n 1 ${MAIN}; ${effective('maxauthtries|permitrootlogin|allowtcpforwarding|permitopen')}`,
        prints: `${HEADER}MaxAuthTries 4\nPermitRootLogin prohibit-password\nAllowTcpForwarding no\nMatch User admin
  AllowTcpForwarding local\n  PermitOpen 10.77.1.12:2222 nas:22\n600 root\nInclude ${FOLDER}/*.conf
allowtcpforwarding local\nmaxauthtries 4\npermitopen 10.77.1.12:2222 nas:22\npermitrootlogin without-password\n`,
      },
      damages: [
        {
          by: `sed -i 's/^MaxAuthTries.*/MaxAuthTries 6/' ${FILE}`,
          fields: ['content', 'loaded', 'maxauthtries'],
        },
        { by: `chmod 0644 ${FILE}`, fields: ['mode'] },
        { by: `sed -i '1iMaxAuthTries 6' ${MAIN}`, fields: ['include', 'loaded', 'maxauthtries'] },
        { by: `sleep 0.05; touch ${FILE}`, fields: ['loaded'] },
        {
          by: `rm ${FILE}`,
          fields: [
            'allowtcpforwarding',
            'content',
            'group',
            'loaded',
            'match.1.allowtcpforwarding',
            'match.1.permitopen',
            'maxauthtries',
            'mode',
            'owner',
          ],
        },
      ],
      undo: {
        params: { state: 'absent' },
        holds: {
          shell: `ls ${FOLDER} | grep homelab || true; ${effective('maxauthtries')}`,
          prints: 'maxauthtries 6\n',
        },
      },
    },
  ],
  oddValues: [
    {
      name: 'blanks, quotes and letters of other scripts',
      params: {
        settings: { Banner: `/etc/it's $(a) banner; ☂ #1`, SetEnv: ['LINE=a b=c', 'NEXT=*'] },
        match: [{ criteria: { User: 'nobody' }, settings: { ForceCommand: `echo "a  b" 'c' $HOME # d` } }],
        file: `${FOLDER}/50-contract.conf`,
      },
      holds: {
        shell: `sshd -T -C user=nobody,host=h,addr=192.0.2.1 | grep -E '^(forcecommand|setenv) ' | sort; sed -n 's/^Banner//p' ${FOLDER}/50-contract.conf`,
        prints: `forcecommand echo "a  b" 'c' $HOME # d\nsetenv LINE=a b=c\nsetenv NEXT=*\n "/etc/it's $(a) banner; ☂ #1"\n`,
      },
    },
  ],
  interruption: {
    because:
      'its changes are guarded: what a killed connection leaves is proven for every guarded change at once',
  },
};

export default contract;
