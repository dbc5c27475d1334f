import type { ModuleSituations, Situation } from '../situation.js';

interface Row {
  readonly name: string;
  readonly group: string;
  readonly given?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

const ROWS: readonly Row[] = [
  { name: 'a new group with its number', group: 'pg-numbered', params: { gid: 4100 } },
  { name: 'a new group of the system', group: 'pg-system', params: { system: true } },
  { name: 'a new group', group: 'pg-plain' },
  { name: 'a group that is there', group: 'pg-there', given: 'groupadd --gid 4101 pg-there' },
  {
    name: 'another number',
    group: 'pg-moved',
    given: 'groupadd --gid 4102 pg-moved; usermod -aG pg-moved daemon',
    params: { gid: 4103 },
  },
  {
    name: 'a number that is taken',
    group: 'pg-taken',
    given: 'groupadd --gid 4104 pg-taker',
    params: { gid: 4104 },
  },
  {
    name: 'absent',
    group: 'pg-gone',
    given: 'groupadd --gid 4105 pg-gone; usermod -aG pg-gone daemon',
    params: { state: 'absent' },
  },
  { name: 'absent already', group: 'pg-never', params: { state: 'absent' } },
  {
    name: "absent, but somebody's primary group",
    group: 'pg-primary',
    given: 'groupadd --gid 4106 pg-primary; useradd --uid 4106 --gid pg-primary pg-primary',
    params: { state: 'absent' },
  },
];

function situation({ name, group, given, params }: Row): Situation {
  return {
    name,
    ...(given === undefined ? {} : { given }),
    ansible: { group: { name: group, ...params } },
    homelab: { group: { name: group, ...params } },
    look: `grep ^${group}: /etc/group /etc/gshadow || true`,
  };
}

const module: ModuleSituations = {
  situations: ROWS.map(situation),
};

export default module;
