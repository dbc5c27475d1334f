import type { KindContract } from '../contract.js';

const unit = (text: string) =>
  `[Unit]\nDescription=${text}\n\n[Service]\nExecStart=/bin/sleep infinity\n\n[Install]\nWantedBy=multi-user.target\n`;
const FOLDER = '/etc/systemd/system';
const NAMES = ['pulse.service', 'tick.timer', 'tick.service', `odd\\x20näme@.service`, 'cut.service'];
const REMOVE = `${NAMES.map((name) => `systemctl -q disable --now '${name}' 2>/dev/null || true; rm -f '${FOLDER}/${name}'`).join('\n')}
systemctl daemon-reload`;

const contract: KindContract = {
  setUp: REMOVE,
  tearDown: REMOVE,
  rows: [
    {
      name: 'running and enabled',
      params: { name: 'pulse.service', content: unit('Pulse'), enabled: true, state: 'running' },
      holds: {
        shell: `systemctl show -p Description,ActiveState,UnitFileState,NeedDaemonReload pulse | sort`,
        prints: 'ActiveState=active\nDescription=Pulse\nNeedDaemonReload=no\nUnitFileState=enabled\n',
      },
      damages: [
        { by: `sed -i s/Pulse/Other/ ${FOLDER}/pulse.service; systemctl daemon-reload`, fields: ['content'] },
        {
          by: `mkdir -p ${FOLDER}/pulse.service.d; printf '[Service]\\nNice=5\\n' >${FOLDER}/pulse.service.d/override.conf; systemctl daemon-reload`,
          fields: [`override.${FOLDER}/pulse.service.d/override.conf`],
        },
        {
          by: 'systemctl --runtime set-property pulse.service CPUWeight=50',
          fields: ['override./run/systemd/system.control/pulse.service.d/50-CPUWeight.conf'],
        },
        { by: 'systemctl -q disable pulse; systemctl stop pulse', fields: ['enabled', 'state'] },
      ],
      undo: {
        params: { name: 'pulse.service', state: 'absent' },
        holds: {
          shell: `test ! -e ${FOLDER}/pulse.service; systemctl show -p LoadState,ActiveState pulse`,
          prints: 'LoadState=not-found\nActiveState=inactive\n',
        },
      },
    },
  ],
  oddValues: [
    {
      name: 'quotes, unicode and dollars in what the unit says',
      params: { name: 'tick.service', content: unit(`It's "ünï" $HOME %% * ☂`) },
      holds: {
        shell: `sed -n 2p ${FOLDER}/tick.service`,
        prints: `Description=It's "ünï" $HOME %% * ☂\n`,
      },
    },
  ],
  interruption: {
    from: `printf '[Service]\\nExecStart=/bin/true\\n' >${FOLDER}/cut.service; chmod 0644 ${FOLDER}/cut.service; systemctl daemon-reload`,
    params: { name: 'cut.service', content: unit('Cut').concat(`# ${'long '.repeat(50_000)}\n`) },
    observe: [`sha256sum <${FOLDER}/cut.service`],
  },
};

export default contract;
