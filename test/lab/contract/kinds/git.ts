import type { KindContract, OddValueRow } from '../contract.js';

const FOLDER = '/srv/contract-git';
const ADDRESS = 'git://127.0.0.1:8083/origin.git';
const LOCAL = `${FOLDER}/origin.git`;
const MEGABYTE = 'a line of a long file\n'.repeat(50_000);
const NO_UNDO = {
  because: 'A work tree may hold work: it is removed with `directory`, by somebody who has looked.',
};
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

/** What `git commit` makes of `first` with the dates and names below: the same on every machine. */
const FIRST_COMMIT = 'f684f7a49a6abacabb5a77ae9bceb317bda46fe3';

const ODD_NAMES = ['a b', `qu'o"te\`s`, 'ünï ☂', '-rf', '*?[a]{b}$(id)~!', 'megabyte'];
const ODD_BRANCHES = [`qu'o"te`, 'ünï/☂', 'a;id', '$(id)`id`', '!{b}|&'];

const SET_UP = `DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends git >/dev/null 2>&1 </dev/null
rm -rf ${FOLDER}; mkdir -p ${FOLDER}/source; cd ${FOLDER}/source
id carol >/dev/null 2>&1 || useradd --system carol
export GIT_AUTHOR_NAME=T GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=T GIT_COMMITTER_EMAIL=t@example.org
export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
git init -q -b main
echo first >file; git add .; git commit -qm first; git tag -a -m one v1
git checkout -q -b odd
${ODD_NAMES.map((name) => `printf '%s\\n' ${quoted(`in ${name}`)} >${quoted(`./${name}`)}`).join('\n')}
yes 'a line of a long file' | head -n 50000 >megabyte
git add .; git commit -qm odd
${ODD_BRANCHES.map((name) => `git branch ${quoted(name)}`).join('\n')}
git checkout -q main; git checkout -q -b many
for number in $(seq 400); do echo "old $number" >$number; done; git add .; git commit -qm old; git tag old
for number in $(seq 400); do echo "new $number" >$number; done; head -c 20000000 /dev/urandom >large
git add .; git commit -qm new
git checkout -q main; echo second >file; git commit -qam second
git clone -q --bare ${FOLDER}/source ${LOCAL}; touch ${LOCAL}/git-daemon-export-ok
systemd-run --quiet --unit=contract-git git daemon --base-path=${FOLDER} --listen=127.0.0.1 --port=8083
for try in 1 2 3 4 5 6 7 8 9 10; do git ls-remote ${ADDRESS} >/dev/null 2>&1 && break; sleep 0.2; done`;

const contract: KindContract = {
  setUp: SET_UP,
  tearDown: `systemctl stop contract-git; rm -rf ${FOLDER}; userdel carol`,
  rows: [
    {
      name: 'a branch, from the network',
      params: { repository: ADDRESS, path: `${FOLDER}/clones/branch`, revision: 'main', timeout: 60 },
      holds: {
        shell: `cd ${FOLDER}/clones/branch; cat file; stat -c %a .
[ "$(git rev-parse HEAD)" = "$(git -C ${LOCAL} rev-parse main)" ] && echo same; git status --porcelain`,
        prints: 'second\n755\nsame\n',
      },
      damages: [
        { by: `cd ${FOLDER}/clones/branch; git checkout -q v1`, fields: ['revision'] },
        {
          by: `cd ${FOLDER}/source; git -c user.name=T -c user.email=t@example.org commit -q --allow-empty -m third
git push -q ${LOCAL} main`,
          fields: ['revision'],
        },
        {
          by: `git -C ${FOLDER}/clones/branch config remote.origin.url /elsewhere`,
          fields: ['repository'],
        },
        { by: `rm -r ${FOLDER}/clones/branch`, fields: ['repository', 'revision', 'state'] },
      ],
      undo: NO_UNDO,
    },
    {
      name: 'a commit, from this host, whatever is changed there',
      params: { repository: LOCAL, path: `${FOLDER}/clones/commit`, revision: FIRST_COMMIT, force: true },
      holds: {
        shell: `cd ${FOLDER}/clones/commit; cat file; git rev-parse HEAD`,
        prints: `first\n${FIRST_COMMIT}\n`,
      },
      damages: [
        { by: `echo mine >${FOLDER}/clones/commit/file`, fields: ['local_changes'] },
        { by: `rm ${FOLDER}/clones/commit/file`, fields: ['local_changes'] },
        {
          by: `rm -r ${FOLDER}/clones/commit; mkdir ${FOLDER}/clones/commit`,
          fields: ['repository', 'revision', 'state'],
        },
      ],
      undo: NO_UNDO,
    },
    {
      name: "a tag, in somebody's directory, as that account",
      given: `mkdir ${FOLDER}/home; git clone -q ${ADDRESS} ${FOLDER}/home/tag; echo mine >${FOLDER}/home/tag/mine
chown -R carol ${FOLDER}/home`,
      params: { repository: ADDRESS, path: `${FOLDER}/home/tag`, revision: 'v1' },
      holds: {
        shell: `cd ${FOLDER}/home/tag; cat file mine; stat -c %U file .git/HEAD; find .git ! -user carol`,
        prints: 'first\nmine\ncarol\ncarol\n',
      },
      damages: [
        {
          by: `runuser -s /bin/sh carol -c 'git -C ${FOLDER}/home/tag checkout -q main'`,
          fields: ['revision'],
        },
      ],
      undo: NO_UNDO,
    },
  ],
  oddValues: [
    ...ODD_NAMES.map((name): OddValueRow => {
      const path = `${FOLDER}/into ${name}`;
      const body = name === 'megabyte' ? MEGABYTE : `in ${name}\n`;
      return {
        name: `a file and a work tree with ${name}`,
        params: { repository: LOCAL, path, revision: 'odd' },
        holds: { shell: `cat -- ${quoted(`${path}/${name}`)}`, prints: body },
      };
    }),
    ...ODD_BRANCHES.map((revision, index): OddValueRow => {
      const path = `${FOLDER}/odd-${index}`;
      return {
        name: `the branch ${revision}`,
        params: { repository: ADDRESS, path, revision },
        holds: { shell: `cat ${path}/'a b'`, prints: 'in a b\n' },
      };
    }),
  ],
  interruption: {
    from: `rm -rf ${FOLDER}/interrupted; git clone -q ${ADDRESS} ${FOLDER}/interrupted
cd ${FOLDER}/interrupted; git checkout -q old; git update-ref -d refs/remotes/origin/many; git reflog expire --expire=now --all; git gc -q --prune=now`,
    params: { repository: ADDRESS, path: `${FOLDER}/interrupted`, revision: 'many' },
    observe: [
      `cat ${FOLDER}/interrupted/1`,
      `cat ${FOLDER}/interrupted/400`,
      `git -C ${FOLDER}/interrupted rev-parse HEAD`,
      `GIT_OPTIONAL_LOCKS=0 git -C ${FOLDER}/interrupted status --porcelain`,
      `find ${FOLDER} -name '.homelab*' -o -name homelab-checkout -o -name '*.lock'`,
    ],
  },
};

export default contract;
