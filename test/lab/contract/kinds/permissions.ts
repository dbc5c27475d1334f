import type { KindContract } from '../contract.js';

const FOLDER = '/srv/permissions';
const ODD = `${FOLDER}/-it's 100% ☂ $(id) *`;
const ODD_WORD = `'${FOLDER}/-it'\\''s 100% ☂ $(id) *'`;
const SEE = `stat -c '%a %U:%G %n' ${FOLDER}/*`;

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir -p ${FOLDER}`,
  tearDown: `rm -rf ${FOLDER}`,
  rows: [
    {
      name: 'what is there, and what is not',
      given: `cd ${FOLDER}; touch own other; mkdir -m 2775 folder; chown 1000:1000 own; chmod 4757 own; ln -s /etc/shadow link`,
      params: {
        paths: [`${FOLDER}/own`, `${FOLDER}/folder`, `${FOLDER}/gone`, `${FOLDER}/link`],
        at_most: '4750',
        owner: 'root',
        group: 'daemon',
      },
      holds: {
        shell: `${SEE}; stat -c '%a %U:%G' /etc/shadow`,
        prints: `750 root:daemon ${FOLDER}/folder
777 root:root ${FOLDER}/link
644 root:root ${FOLDER}/other
4750 root:daemon ${FOLDER}/own
640 root:shadow
`,
      },
      damages: [
        { by: `chmod 0777 ${FOLDER}/folder`, fields: [`mode.${FOLDER}/folder`] },
        { by: `chown 1000 ${FOLDER}/own; chmod 4750 ${FOLDER}/own`, fields: [`owner.${FOLDER}/own`] },
        { by: `chgrp 1000 ${FOLDER}/folder`, fields: [`group.${FOLDER}/folder`] },
      ],
      undo: { because: 'what is taken away is not remembered' },
    },
  ],
  oddValues: [
    {
      name: 'a name of many sorts of characters',
      given: `touch -- ${ODD_WORD}; chmod 0777 -- ${ODD_WORD}`,
      params: { paths: [ODD], at_most: '0600' },
      holds: { shell: `stat -c %a -- ${ODD_WORD}`, prints: '600\n' },
    },
  ],
  interruption: {
    from: `cd ${FOLDER}; touch a b; chmod 0777 a b; chown 1000:1000 a b`,
    params: { paths: [`${FOLDER}/a`, `${FOLDER}/b`], at_most: '0640', owner: 'root' },
    observe: [
      `stat -c %a ${FOLDER}/a`,
      `stat -c %U ${FOLDER}/a`,
      `stat -c %a ${FOLDER}/b`,
      `stat -c %U ${FOLDER}/b`,
    ],
  },
};

export default contract;
