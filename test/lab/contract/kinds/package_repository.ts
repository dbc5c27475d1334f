import { LAB_FINGERPRINT, layRepository, repositoryFile } from '../../fixtures/apt-repository.js';
import type { ContractRow, KindContract } from '../contract.js';

const FOLDER = '/srv/contract-repository';
const ADDRESS = 'http://127.0.0.1:8073';
const SOURCES = '/etc/apt/sources.list.d';
const KEYS = '/etc/apt/keyrings';
/** What apt would install of the repository that alone is looked at. */
const INSTALLS = `apt-get -s install lab-hello | sed -n 's/^Inst lab-hello (\\([^ ]*\\).*/\\1/p'`;
const FINGERPRINTS = `gpg --homedir /proc --no-keyring --trust-model always --with-colons --show-keys`;

const undo = (name: string): ContractRow['undo'] => ({
  params: { name, state: 'absent' },
  holds: { shell: `ls ${SOURCES} ${KEYS} | grep ${name} || true`, prints: '' },
});

const contract: KindContract = {
  setUp: `DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends busybox >/dev/null 2>&1 </dev/null
rm -f ${SOURCES}/contract-* ${KEYS}/contract-*
${layRepository(FOLDER)}
mkdir -p '${FOLDER}/a b' '${FOLDER}/tree/dists/contract/main/binary-amd64'
cp ${FOLDER}/*.deb ${FOLDER}/Packages '${FOLDER}/a b'
cd ${FOLDER}/tree
sed 's,^Filename: ./,Filename: pool/,' ${FOLDER}/Packages >dists/contract/main/binary-amd64/Packages
mkdir pool; cp ${FOLDER}/*.deb pool
cd dists/contract
{ printf 'Suite: contract\\nComponents: main\\nArchitectures: amd64\\nSHA256:\\n'
  printf ' %s %s main/binary-amd64/Packages\\n' "$(sha256sum <main/binary-amd64/Packages | cut -d' ' -f1)" "$(stat -c %s main/binary-amd64/Packages)"
} >Release
systemd-run --quiet --unit=contract-repository busybox httpd -f -p 127.0.0.1:8073 -h ${FOLDER}
for try in 1 2 3 4 5 6 7 8 9 10; do curl -sf ${ADDRESS}/lab.asc >/dev/null && break; sleep 0.2; done`,
  tearDown: `systemctl stop contract-repository
rm -rf ${FOLDER} ${SOURCES}/contract-* ${SOURCES}/odd.* ${KEYS}/contract-* /var/lib/apt/lists/*contract-repository*`,
  files: { 'files/lab.asc': repositoryFile('lab.asc') },
  rows: [
    {
      name: 'a flat repository with a key of the project, over an older form of itself',
      given: `echo 'deb file:${FOLDER} ./' >${SOURCES}/contract-flat.list`,
      params: {
        name: 'contract-flat',
        uri: `file:${FOLDER}`,
        suites: ['./'],
        key: 'files/lab.asc',
        key_fingerprint: LAB_FINGERPRINT,
      },
      holds: {
        shell: `cat ${SOURCES}/contract-flat.*; cat ${KEYS}/contract-flat.asc; stat -c %a ${KEYS}/contract-flat.asc; ${INSTALLS}`,
        prints: `# contract-flat, kept by homelab
Types: deb
URIs: file:${FOLDER}
Suites: ./
Signed-By: ${KEYS}/contract-flat.asc
${repositoryFile('lab.asc').toString()}644
2.0
`,
      },
      damages: [
        { by: `echo 'Trusted: yes' >>${SOURCES}/contract-flat.sources`, fields: ['content'] },
        {
          by: `cp ${FOLDER}/other.asc ${KEYS}/contract-flat.asc; chmod 0600 ${KEYS}/contract-flat.asc`,
          fields: ['key', 'key_mode'],
        },
        {
          by: `echo 'deb file:${FOLDER} ./' >${SOURCES}/contract-flat.list; chmod 0600 ${SOURCES}/contract-flat.sources`,
          fields: [`${SOURCES}/contract-flat.list`, 'mode'],
        },
        {
          by: `rm ${SOURCES}/contract-flat.sources ${KEYS}/contract-flat.asc`,
          fields: ['content', 'key', 'key_mode', 'mode'],
        },
      ],
      undo: undo('contract-flat'),
    },
    {
      name: 'a key that is fetched, for a repository that is switched off',
      params: {
        name: 'contract-fetched',
        uri: ['https://packages.lab.invalid/one', 'https://packages.lab.invalid/two'],
        suites: ['stable', 'testing'],
        components: ['main', 'contrib'],
        types: ['deb', 'deb-src'],
        key_url: `${ADDRESS}/lab.asc`,
        key_fingerprint: LAB_FINGERPRINT.replaceAll(/.{4}/g, '$& ').toLowerCase(),
        enabled: false,
      },
      holds: {
        shell: `cat ${SOURCES}/contract-fetched.sources; ${FINGERPRINTS} ${KEYS}/contract-fetched.asc | grep '^fpr'`,
        prints: `# contract-fetched, kept by homelab
Enabled: no
Types: deb deb-src
URIs: https://packages.lab.invalid/one https://packages.lab.invalid/two
Suites: stable testing
Components: main contrib
Signed-By: ${KEYS}/contract-fetched.asc
fpr:::::::::${LAB_FINGERPRINT}:
`,
      },
      damages: [
        { by: `cat ${FOLDER}/other.asc >${KEYS}/contract-fetched.asc`, fields: ['key'] },
        { by: `rm ${KEYS}/contract-fetched.asc`, fields: ['key', 'key_mode'] },
      ],
      undo: undo('contract-fetched'),
    },
    {
      name: 'a tree of suites without a signature',
      params: {
        name: 'contract-tree',
        uri: `file:${FOLDER}/tree`,
        suites: ['contract'],
        components: ['main'],
        architectures: ['amd64'],
        trusted: true,
      },
      holds: {
        shell: `cat ${SOURCES}/contract-tree.sources; apt-cache policy lab-hello | grep -c '${FOLDER}/tree contract/main amd64'`,
        prints: `# contract-tree, kept by homelab
Types: deb
URIs: file:${FOLDER}/tree
Suites: contract
Components: main
Architectures: amd64
Trusted: yes
2
`,
      },
      damages: [{ by: `: >${SOURCES}/contract-tree.sources`, fields: ['content'] }],
      undo: undo('contract-tree'),
    },
  ],
  oddValues: [
    {
      name: 'a name with dots, an address with an encoded blank',
      params: { name: 'odd.name_1-2', uri: `file:${FOLDER}/a%20b`, suites: ['./'], trusted: true },
      holds: {
        shell: `grep URIs ${SOURCES}/odd.name_1-2.sources; apt-cache policy lab-hello | grep -c 'contract-repository/a%20b ./'`,
        prints: `URIs: file:${FOLDER}/a%20b\n2\n`,
      },
    },
    {
      name: 'the key in the playbook',
      params: {
        name: 'contract-inline',
        uri: `file:${FOLDER}`,
        suites: ['./'],
        key: repositoryFile('lab.asc').toString().trimEnd(),
      },
      holds: {
        shell: `cat ${KEYS}/contract-inline.asc; ${INSTALLS}`,
        prints: `${repositoryFile('lab.asc').toString()}2.0\n`,
      },
    },
  ],
  interruption: {
    from: `rm -f ${SOURCES}/contract-* ${KEYS}/contract-*; cp ${FOLDER}/other.asc ${KEYS}/contract-cut.asc
printf 'Types: deb\\nURIs: file:${FOLDER}\\nSuites: ./\\nSigned-By: ${KEYS}/contract-cut.asc\\nEnabled: no\\n' >${SOURCES}/contract-cut.sources`,
    params: {
      name: 'contract-cut',
      uri: `file:${FOLDER}`,
      suites: ['./'],
      key_url: `${ADDRESS}/lab.asc`,
      key_fingerprint: LAB_FINGERPRINT,
    },
    observe: [
      `cat ${SOURCES}/contract-cut.sources`,
      `${FINGERPRINTS} ${KEYS}/contract-cut.asc | grep '^fpr'; stat -c %a ${KEYS}/contract-cut.asc`,
    ],
  },
};

export default contract;
