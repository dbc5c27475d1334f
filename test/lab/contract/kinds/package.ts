import { layRepository } from '../../fixtures/apt-repository.js';
import type { ContractRow, KindContract } from '../contract.js';

const FOLDER = '/srv/contract-package';
const SOURCE = '/etc/apt/sources.list.d/contract-package.list';
const install = (what: string): string =>
  `DEBIAN_FRONTEND=noninteractive apt-get install -yqq --allow-downgrades ${what} >/dev/null 2>&1 </dev/null`;
const PURGE = 'dpkg --purge lab-hello lab-newest lab.odd+name >/dev/null 2>&1';

/** What dpkg says of packages, and what the files of ours say. */
const look = (...names: readonly string[]): string =>
  names
    .map(
      (name) =>
        `dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\\n' ${name} 2>/dev/null || echo none; cat /usr/share/${name}/version 2>/dev/null || true; apt-mark showauto ${name} 2>/dev/null || true`,
    )
    .join('\n');

/** That `names` are gone. */
const undo = (...names: readonly string[]): ContractRow['undo'] => ({
  params: { names, state: 'absent' },
  holds: { shell: look(...names), prints: names.map(() => 'none\n').join('') },
});

const contract: KindContract = {
  setUp: `${layRepository(FOLDER)}
echo 'deb [trusted=yes] file:${FOLDER} ./' >${SOURCE}
apt-get update -qq
${PURGE} || true`,
  tearDown: `${PURGE} || true
rm -rf ${FOLDER} ${SOURCE} /var/lib/apt/lists/*contract-package*`,
  rows: [
    {
      name: 'two packages, from lists that are young enough',
      params: { names: ['lab.odd+name', 'lab-hello'], cache_max_age: 86_400 },
      holds: {
        shell: look('lab.odd+name', 'lab-hello'),
        prints: 'lab.odd+name 1:1.0~rc1-1 installed\n1:1.0~rc1-1\nlab-hello 2.0 installed\n2.0\n',
      },
      damages: [
        {
          by: 'dpkg --purge lab-hello lab.odd+name >/dev/null',
          fields: ['names.lab-hello', 'names.lab.odd+name'],
        },
        // As what came for the sake of another package, with which an autoremove takes it away.
        { by: 'apt-mark auto lab-hello >/dev/null', fields: ['marks.lab-hello'] },
        // As a dpkg that was killed leaves it.
        {
          by: `dpkg --unpack ${FOLDER}/lab-hello_2.0.deb >/dev/null`,
          fields: ['names.lab-hello'],
        },
      ],
      undo: undo('lab.odd+name', 'lab-hello'),
    },
    {
      name: 'the newest, where an older one is installed',
      given: install('lab-newest=1.0'),
      params: { names: ['lab-newest'], state: 'latest', cache_max_age: 86_400 },
      holds: { shell: look('lab-newest'), prints: 'lab-newest 2.0 installed\n2.0\n' },
      damages: [
        { by: install('lab-newest=1.0'), fields: ['names.lab-newest'] },
        {
          by: `${install('lab-newest=1.0')}; apt-mark auto lab-newest >/dev/null`,
          fields: ['marks.lab-newest', 'names.lab-newest'],
        },
        { by: 'dpkg --purge lab-newest >/dev/null', fields: ['names.lab-newest'] },
        { by: `touch -d '3 days ago' /var/lib/apt/lists`, fields: ['lists'] },
      ],
      undo: undo('lab-newest'),
    },
  ],
  oddValues: [
    {
      name: 'a name with a dot and a plus, pinned with an epoch and a tilde',
      params: { names: ['lab.odd+name=1:1.0~rc1-1'] },
      holds: { shell: look('lab.odd+name'), prints: 'lab.odd+name 1:1.0~rc1-1 installed\n1:1.0~rc1-1\n' },
    },
    {
      name: 'pinned to an older version, with its architecture',
      given: install('lab-hello=2.0'),
      params: { names: ['lab-hello:all=1.0'] },
      holds: { shell: look('lab-hello'), prints: 'lab-hello 1.0 installed\n1.0\n' },
    },
  ],
  interruption: {
    from: `${PURGE} || true; ${install('lab-hello=1.0')}`,
    params: { names: ['lab-hello=2.0', 'lab-newest=2.0'] },
    observe: [look('lab-hello'), look('lab-newest')],
  },
};

export default contract;
