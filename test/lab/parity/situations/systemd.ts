import type { DeliberateDifference, ModuleSituations, Situation, Tasks } from '../situation.js';

const unitText = (name: string): string =>
  `[Unit]\nDescription=${name}\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n`;

interface Row {
  readonly name: string;
  readonly unit: string;
  /** Shell script in which `$unit` is the unit, which is there, stopped and disabled. */
  readonly given?: string;
  readonly ansible: Readonly<Record<string, unknown>>;
  readonly homelab: Readonly<Record<string, unknown>>;
  readonly differs?: DeliberateDifference;
}

const ROWS: readonly Row[] = [
  {
    name: 'started and enabled',
    unit: 'ps-on.service',
    ansible: { state: 'started', enabled: true },
    homelab: { state: 'running', enabled: true },
  },
  {
    name: 'stopped and disabled',
    unit: 'ps-off.service',
    given: 'systemctl -q enable --now $unit',
    ansible: { state: 'stopped', enabled: false },
    homelab: { state: 'stopped', enabled: false },
  },
  {
    name: 'in sync',
    unit: 'ps-there.service',
    given: 'systemctl -q enable --now $unit',
    ansible: { state: 'started', enabled: true },
    homelab: { state: 'running', enabled: true },
  },
  {
    name: 'enabled, but not started',
    unit: 'ps-later.service',
    ansible: { enabled: true },
    homelab: { enabled: true },
  },
  {
    name: 'started, but not enabled',
    unit: 'ps-now.service',
    ansible: { state: 'started' },
    homelab: { state: 'running' },
  },
  {
    name: 'stopped and masked',
    unit: 'getty@ps9.service',
    ansible: { state: 'stopped', masked: true },
    homelab: { state: 'stopped', masked: true },
  },
  {
    name: 'unmasked and started',
    unit: 'ps-unmask@a.service',
    given: 'ln -s /dev/null /etc/systemd/system/$unit; systemctl daemon-reload',
    ansible: { masked: false, state: 'started' },
    homelab: { masked: false, state: 'running' },
  },
  {
    name: 'an instance of a template',
    unit: 'ps-many@b.service',
    ansible: { state: 'started', enabled: true },
    homelab: { state: 'running', enabled: true },
  },
  {
    name: 'a unit that failed is stopped',
    unit: 'ps-failed.service',
    given: `mkdir -p /etc/systemd/system/$unit.d
printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' >/etc/systemd/system/$unit.d/fail.conf
systemctl daemon-reload
systemctl start $unit || true
while [ "$(systemctl is-active $unit)" != failed ]; do sleep 0.1; done`,
    ansible: { state: 'stopped' },
    homelab: { state: 'stopped' },
  },
  {
    name: 'a unit that does not exist',
    unit: 'ps-never.service',
    ansible: { state: 'started' },
    homelab: { state: 'running' },
  },
];

const SEE = `systemctl is-enabled $unit 2>&1 || true
systemctl is-active $unit || true
systemctl show -p LoadState -p UnitFileState -p NeedDaemonReload $unit
find /etc/systemd/system -name "$unit" -printf '%p %y %l\\n' | sort
`;

function situation({ name, unit, given, ansible, homelab, differs }: Row): Situation {
  return {
    name,
    ...(given === undefined ? {} : { given: `unit=${unit}\n${given}` }),
    ansible: { systemd: { name: unit, ...ansible } },
    homelab: { service: { name: unit, ...homelab } },
    look: `unit=${unit}\n${SEE}`,
    ...(differs === undefined ? {} : { differs }),
  };
}

const PATH = '/etc/systemd/system';

/** Ansible's usual three tasks for what is one `systemd_unit`. */
const unitFile = (unit: string, ansible: Readonly<Record<string, unknown>>): Tasks => [
  { copy: { dest: `${PATH}/${unit}`, content: unitText(unit), mode: '0644' }, register: 'unit' },
  { systemd: { daemon_reload: true }, when: 'unit is changed', changed_when: false },
  { systemd: { name: unit, ...ansible } },
];

const module: ModuleSituations = {
  given: `for unit in ps-on ps-off ps-there ps-later ps-now ps-unmask@ ps-many@ ps-failed; do
  printf '${unitText('$unit').replaceAll('\n', '\\n').replace('$unit', '%s')}' "$unit" >${PATH}/$unit.service
done
systemctl daemon-reload`,
  situations: [
    ...ROWS.map(situation),
    {
      name: 'a unit file of our own, started and enabled',
      ansible: unitFile('ps-own.service', { state: 'started', enabled: true }),
      homelab: {
        systemd_unit: {
          name: 'ps-own.service',
          content: unitText('ps-own.service'),
          state: 'running',
          enabled: true,
        },
      },
      look: `unit=ps-own.service\n${SEE}show ${PATH}/$unit`,
    },
    {
      name: 'a unit file that changes',
      given: `printf '[Service]\\nExecStart=/bin/true\\n' >${PATH}/ps-edit.service; systemctl daemon-reload`,
      ansible: unitFile('ps-edit.service', { enabled: true }),
      homelab: {
        systemd_unit: { name: 'ps-edit.service', content: unitText('ps-edit.service'), enabled: true },
      },
      look: `unit=ps-edit.service\n${SEE}show ${PATH}/$unit; systemctl show -p Description $unit`,
    },
  ],
};

export default module;
