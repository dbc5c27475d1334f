import {
  printing,
  type DeliberateDifference,
  type ModuleSituations,
  type Situation,
  type Tasks,
} from '../situation.js';

/** A crontab's entry, in the words of both tools. */
interface Entry {
  readonly name: string;
  readonly ansible: Readonly<Record<string, unknown>>;
  readonly homelab: Readonly<Record<string, unknown>>;
}

interface Row {
  readonly name: string;
  readonly user: string;
  /** The crontab before; undefined: there is none. */
  readonly text?: string;
  /** Whether the tool's own nightly entry is there already, at the end. */
  readonly isThere?: boolean;
  readonly entries: readonly Entry[];
  readonly differs?: DeliberateDifference;
}

const nightly = (job: string, hour = 3): Entry => ({
  name: 'nightly',
  ansible: { minute: '5', hour: String(hour), job },
  homelab: { schedule: `5 ${hour} * * *`, command: job },
});
const GONE: Entry = { name: 'nightly', ansible: { state: 'absent' }, homelab: { state: 'absent' } };
const OTHERS = 'MAILTO=root\n# by hand\n0 4 * * 0 weekly job\n';

const ROWS: readonly Row[] = [
  { name: 'a first entry', user: 'pc-first', entries: [nightly('/bin/true')] },
  { name: 'beside others', user: 'pc-beside', text: OTHERS, entries: [nightly('/bin/true')] },
  {
    name: 'special times',
    user: 'pc-special',
    entries: [
      {
        name: 'at boot',
        ansible: { special_time: 'reboot', job: '/bin/true' },
        homelab: { schedule: '@reboot', command: '/bin/true' },
      },
      {
        name: 'every hour',
        ansible: { special_time: 'hourly', job: '/bin/true' },
        homelab: { schedule: '@hourly', command: '/bin/true' },
      },
    ],
  },
  {
    name: 'lists, ranges and steps',
    user: 'pc-lists',
    entries: [
      {
        name: 'office hours',
        ansible: {
          minute: '*/15',
          hour: '8-17',
          day: '1,15',
          month: 'jan-jun',
          weekday: 'mon-fri',
          job: 'x',
        },
        homelab: { schedule: '*/15 8-17 1,15 jan-jun mon-fri', command: 'x' },
      },
    ],
  },
  {
    name: 'in sync',
    user: 'pc-same',
    text: OTHERS,
    isThere: true,
    entries: [nightly('/bin/true')],
  },
  {
    name: 'another time and command',
    user: 'pc-other',
    text: OTHERS,
    isThere: true,
    entries: [nightly('/bin/false', 4)],
  },
  {
    name: 'absent, among others',
    user: 'pc-gone',
    text: OTHERS,
    isThere: true,
    entries: [GONE],
  },
  {
    name: 'absent, and all there was',
    user: 'pc-empty',
    isThere: true,
    entries: [GONE],
    differs: {
      because: 'Ansible leaves an empty crontab; homelab removes it, as `crontab -r` does.',
      seen: { ansible: '600 pc-empty:crontab\n', homelab: 'no crontab for pc-empty\n' },
    },
  },
  { name: 'absent already', user: 'pc-never', entries: [GONE] },
  {
    name: 'odd characters',
    user: 'pc-odd',
    entries: [nightly(`echo "it's" $(date +\\%F) 'naïve ☂' \\\\ >/dev/null 2>&1 # *`)],
  },
  { name: 'a user that does not exist', user: 'pc-nobody', entries: [nightly('/bin/true')] },
];

/** As both tools write `nightly('/bin/true')`; the script's `$tool` is whose it is. */
const NIGHTLY = `printf '%s\\n' "#$tool: nightly" '5 3 * * * /bin/true'`;

const tasksFor = (user: string, entries: readonly Entry[], tool: 'ansible' | 'homelab'): Tasks =>
  entries.map((entry) => ({ cron: { name: entry.name, user, ...entry[tool] } }));

function situation({ name, user, text, isThere = false, entries, differs }: Row): Situation {
  const add = user === 'pc-nobody' ? [] : [`useradd ${user}`];
  const before = [...(text === undefined ? [] : [printing(text)]), ...(isThere ? [NIGHTLY] : [])];
  const write = before.length === 0 ? [] : [`{ ${before.join('; ')}; } | crontab -u ${user} -`];
  return {
    name,
    given: [...add, ...write].join('\n'),
    ansible: tasksFor(user, entries, 'ansible'),
    homelab: tasksFor(user, entries, 'homelab'),
    // Each tool marks its entries with its own name; see the situation about markers.
    look: `find /var/spool/cron/crontabs/${user} -printf '%m %u:%g\\n' 2>/dev/null || true
crontab -u ${user} -l 2>&1 | sed 's/^#Ansible: /#homelab: /'`,
    ...(differs === undefined ? {} : { differs }),
  };
}

const module: ModuleSituations = {
  situations: [
    ...ROWS.map(situation),
    {
      name: 'variables, and the marker of each',
      given: 'useradd pc-env',
      ansible: [
        { cron: { name: 'MAILTO', user: 'pc-env', env: true, job: 'root' } },
        { cron: { name: 'nightly', user: 'pc-env', minute: '5', hour: '3', job: '/bin/true' } },
      ],
      homelab: {
        cron: {
          name: 'nightly',
          user: 'pc-env',
          schedule: '5 3 * * *',
          command: '/bin/true',
          env: { MAILTO: 'root' },
        },
      },
      look: 'crontab -u pc-env -l',
      differs: {
        because:
          'Ansible puts variables at the top of the crontab, as tasks of their own; homelab keeps them with the entry they are for. The marker says whose the entry is.',
        seen: {
          ansible: 'MAILTO="root"\n#Ansible: nightly\n5 3 * * * /bin/true\n',
          homelab: '#homelab: nightly\nMAILTO=root\n5 3 * * * /bin/true\n',
        },
      },
    },
  ],
};

export default module;
