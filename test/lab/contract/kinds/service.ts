import type { KindContract } from '../contract.js';

const FOLDER = '/etc/systemd/system';
const unitFile = (name: string) =>
  `printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >${FOLDER}/${name}.service`;
const NAMES = ['beacon', 'quiet', 'shy', 'idle', 'banned', 'odd@a-b', 'cut', 'aged'];
const FILES = ['beacon', 'quiet', 'shy', 'idle', 'banned', 'odd@', 'cut'];
const AGED = '/usr/local/sbin/aged';
/** As a package manager puts another file in the place of a program. */
const replace = (by: string): string => `cp ${by} ${AGED}.new; mv ${AGED}.new ${AGED}`;
const show = (name: string) => `systemctl show -p ActiveState,UnitFileState '${name}' | sort`;

const contract: KindContract = {
  setUp: `${FILES.map(unitFile).join('\n')}
printf '[Service]\\nExecStart=${AGED} infinity\\n' >${FOLDER}/aged.service
${replace('/bin/sleep')}
systemctl daemon-reload
systemctl -q enable --now quiet shy`,
  tearDown: `${NAMES.map((name) => `systemctl -q unmask ${name} 2>/dev/null || true; systemctl -q disable --now ${name} 2>/dev/null || true`).join('\n')}
rm -f ${[...FILES, 'aged'].map((name) => `${FOLDER}/${name}.service`).join(' ')} ${AGED}
systemctl daemon-reload`,
  rows: [
    {
      name: 'running and enabled',
      params: { name: 'beacon', state: 'running', enabled: true },
      holds: { shell: show('beacon'), prints: 'ActiveState=active\nUnitFileState=enabled\n' },
      damages: [
        { by: 'systemctl stop beacon', fields: ['state'] },
        { by: 'systemctl -q disable beacon', fields: ['enabled'] },
        { by: 'systemctl kill -s KILL beacon; sleep 0.3', fields: ['state'] },
      ],
      undo: {
        params: { name: 'beacon', state: 'stopped', enabled: false },
        holds: { shell: show('beacon'), prints: 'ActiveState=inactive\nUnitFileState=disabled\n' },
      },
    },
    {
      name: 'stopped and disabled',
      params: { name: 'quiet', state: 'stopped', enabled: false },
      holds: { shell: show('quiet'), prints: 'ActiveState=inactive\nUnitFileState=disabled\n' },
      damages: [{ by: 'systemctl -q enable --now quiet', fields: ['enabled', 'state'] }],
      undo: {
        params: { name: 'quiet', state: 'running', enabled: true },
        holds: { shell: show('quiet'), prints: 'ActiveState=active\nUnitFileState=enabled\n' },
      },
    },
    {
      name: 'stopped, since nothing that is active needs it',
      params: {
        name: 'shy',
        state: 'stopped',
        enabled: false,
        if_present: true,
        unless_active: ['idle', 'none'],
      },
      holds: { shell: show('shy'), prints: 'ActiveState=inactive\nUnitFileState=disabled\n' },
      damages: [{ by: 'systemctl -q enable --now shy', fields: ['enabled', 'state'] }],
      undo: {
        params: { name: 'shy', state: 'running', enabled: true },
        holds: { shell: show('shy'), prints: 'ActiveState=active\nUnitFileState=enabled\n' },
      },
    },
    {
      name: 'restarted, since its program was replaced',
      given: `systemctl start aged; ${replace('/bin/sleep')}`,
      params: { name: 'aged', state: 'running', version: ['aged', '--version'] },
      holds: {
        shell: `systemctl is-active aged; readlink "/proc/$(systemctl show -p MainPID --value aged)/exe"`,
        prints: `active\n${AGED}\n`,
      },
      damages: [
        { by: replace('/bin/sleep'), fields: ['running_version'] },
        { by: 'systemctl stop aged', fields: ['state'] },
      ],
      undo: {
        params: { name: 'aged', state: 'stopped' },
        holds: { shell: 'systemctl is-active aged || true', prints: 'inactive\n' },
      },
    },
  ],
  oddValues: [
    {
      name: 'an instance with a dash',
      params: { name: 'odd@a-b', state: 'running' },
      holds: { shell: `systemctl is-active 'odd@a-b'`, prints: 'active\n' },
    },
  ],
  interruption: {
    from: 'systemctl -q disable --now cut; systemctl reset-failed cut 2>/dev/null || true',
    params: { name: 'cut', state: 'running', enabled: true },
    observe: ['systemctl is-active cut || true', 'systemctl is-enabled cut || true'],
  },
};

export default contract;
