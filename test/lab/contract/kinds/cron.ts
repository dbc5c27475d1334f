import type { KindContract } from '../contract.js';

const ODD = String.raw`/bin/echo 'a'  "b" \n $& $(id) ${'`'}id${'`'} * ?[x] !! 10\% ~ ünï ☂ # %s`;
const removed = (user: string): string => `crontab -u ${user} -r 2>/dev/null || true`;
const mark = '/var/tmp/contract-cron';

const contract: KindContract = {
  setUp: `for user in carol dave erin; do id $user >/dev/null 2>&1 || useradd --system $user; done
    rm -rf ${mark}; mkdir -m 1777 ${mark}; ${removed('root')}; ${removed('carol')}`,
  tearDown: `rm -rf ${mark}
    for user in root carol dave erin; do ${removed('$user')}; done; userdel carol; userdel dave; userdel erin`,
  rows: [
    {
      name: 'beside entries of somebody else',
      given: `printf '# mine\\nMAILTO=""\\n5 5 * * * /bin/true' | { cat; echo; } | crontab -u carol -`,
      params: {
        name: 'a job',
        user: 'carol',
        schedule: '*/10 8-18 * jan-nov mon-fri',
        command: '/bin/true --all',
        env: { MAILTO: 'carol@example.org', LIMIT: 5, SPACED: ' a ' },
      },
      holds: {
        shell: 'crontab -u carol -l',
        prints:
          '# mine\nMAILTO=""\n5 5 * * * /bin/true\n' +
          '#homelab: a job\nMAILTO=carol@example.org\nLIMIT=5\nSPACED=" a "\n' +
          '*/10 8-18 * jan-nov mon-fri /bin/true --all\n',
      },
      damages: [
        {
          by: `crontab -u carol -l | sed 's/--all/--none/; s/=5/=6/' | crontab -u carol -`,
          fields: ['command', 'env.LIMIT'],
        },
        { by: `crontab -u carol -l | sed 's/^..10 8-18/7 7/' | crontab -u carol -`, fields: ['schedule'] },
        {
          by: `{ crontab -u carol -l; printf '#homelab: a job\\n0 0 * * * /bin/false\\n'; } | crontab -u carol -`,
          fields: ['repeated'],
        },
        {
          by: `printf '# mine\\nMAILTO=""\\n5 5 * * * /bin/true\\n' | crontab -u carol -`,
          fields: ['command', 'env.LIMIT', 'env.MAILTO', 'env.SPACED', 'schedule'],
        },
      ],
      undo: {
        params: { name: 'a job', user: 'carol', state: 'absent' },
        holds: { shell: 'crontab -u carol -l', prints: '# mine\nMAILTO=""\n5 5 * * * /bin/true\n' },
      },
    },
    {
      name: 'a crontab of its own, of root',
      params: { name: 'boot', schedule: '@reboot', command: `touch ${mark}/boot` },
      holds: {
        shell: 'crontab -l; stat -c "%a %U" /var/spool/cron/crontabs/root',
        prints: `#homelab: boot\n@reboot touch ${mark}/boot\n600 root\n`,
      },
      damages: [{ by: 'crontab -r', fields: ['command', 'schedule'] }],
      undo: {
        params: { name: 'boot', state: 'absent' },
        holds: { shell: 'test ! -e /var/spool/cron/crontabs/root', prints: '' },
      },
    },
  ],
  oddValues: [
    {
      name: 'quotes, globs, expansions, percent signs and unicode',
      params: { name: `-l 'ü' "☂" $(id) *`, user: 'dave', schedule: '@daily', command: ODD },
      holds: {
        shell: `crontab -u dave -l | head -n 2`,
        prints: `#homelab: -l 'ü' "☂" $(id) *\n@daily ${ODD}\n`,
      },
    },
    {
      name: 'variables of every sort',
      params: {
        name: 'variables',
        user: 'dave',
        schedule: '0 0 1 1 0',
        command: '-x',
        env: { EMPTY: '', QUOTED: `"it's"`.slice(1), DOUBLE: '"a"', NUMBER: 0, TRUE: true, _X: '# %s $A' },
      },
      holds: {
        shell: `crontab -u dave -l | tail -n 8`,
        prints: `#homelab: variables\nEMPTY=""\nQUOTED=it's"\nDOUBLE='"a"'\nNUMBER=0\nTRUE=true\n_X=# %s $A\n0 0 1 1 0 -x\n`,
      },
    },
  ],
  interruption: {
    from: `{ yes '# a long crontab' | head -n 9000; } | crontab -u erin -`,
    params: { name: 'last', user: 'erin', schedule: '@daily', command: '/bin/true' },
    observe: ['crontab -u erin -l | sha256sum'],
  },
};

export default contract;
