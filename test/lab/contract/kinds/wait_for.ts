import type { ContractRow, KindContract } from '../contract.js';

const FOLDER = '/run/contract-wait';
const NAME = 'contract-wait.test';

/**
 * Makes things true while somebody waits for them, and only then: a plan finds nothing, and an apply has to wait. It
 * sees who waits in the list of processes, where the first word after `--` says for what.
 */
const HELPER = `while sleep 0.1; do
  for pid in $(pgrep -f '^sh -s -- '); do
    what=$(tr '\\0' '\\n' <"/proc/$pid/cmdline" 2>/dev/null | sed -n 4p)
    case $what in
      'path '*) : >"\${what#path }" ;;
      'tcp 127.0.0.1:7077') systemctl start contract-wait-7077.socket ;;
      'http://127.0.0.1:7078/'*) systemctl start contract-wait-7078.socket ;;
      'dns ${NAME}'*) grep -q '${NAME}' /etc/hosts || echo '10.0.0.9 ${NAME}' >>/etc/hosts ;;
    esac
  done
done`;

/** A socket whose every connection is answered by a small shell script, which says 401. */
const socket = (port: number): string => `cat >/run/systemd/system/contract-wait-${port}.socket <<'END'
[Socket]
ListenStream=127.0.0.1:${port}
Accept=yes
END
cat >/run/systemd/system/contract-wait-${port}@.service <<'END'
[Service]
ExecStart=-/bin/sh ${FOLDER}/answer
StandardInput=socket
END`;

const ANSWER = `while IFS= read -r line && [ "\${#line}" -gt 1 ]; do :; done
printf 'HTTP/1.0 401 No\\r\\nContent-Length: 0\\r\\n\\r\\n'`;

const undo = { because: 'it changes nothing, so nothing can be undone' };
const seen = ['ready'];

/** Asked by a plan, by the plan of a provision, and then until it holds: the fourth time. */
const COUNTED = `echo >>${FOLDER}/asked; [ "$(wc -l <${FOLDER}/asked)" -ge 4 ]`;

const rows: readonly ContractRow[] = [
  {
    name: 'a command',
    params: { command: COUNTED, timeout: 60 },
    holds: { shell: `sed -n 4p ${FOLDER}/asked`, prints: '\n' },
    damages: [{ by: `rm ${FOLDER}/asked`, fields: seen }],
    undo,
  },
  {
    name: 'a command of words',
    params: { command: ['sh', '-c', COUNTED.replaceAll('/asked', '/words')], interval: 2 },
    holds: { shell: `sed -n 4p ${FOLDER}/words`, prints: '\n' },
    damages: [{ by: `rm ${FOLDER}/words`, fields: seen }],
    undo,
  },
  {
    name: 'a path',
    params: { path: `${FOLDER}/there` },
    holds: { shell: `ls ${FOLDER}/there`, prints: `${FOLDER}/there\n` },
    damages: [{ by: `rm ${FOLDER}/there`, fields: seen }],
    undo,
  },
  {
    name: 'a port',
    params: { tcp: '127.0.0.1:7077' },
    holds: { shell: 'systemctl is-active contract-wait-7077.socket', prints: 'active\n' },
    damages: [{ by: 'systemctl stop contract-wait-7077.socket', fields: seen }],
    undo,
  },
  {
    name: 'an address and its status',
    params: { http: { url: 'http://127.0.0.1:7078/a?b=c', status: [200, 401] } },
    holds: { shell: `curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:7078/`, prints: '401' },
    damages: [{ by: 'systemctl stop contract-wait-7078.socket', fields: seen }],
    undo,
  },
  {
    name: 'a name',
    params: { dns: { name: NAME, type: 'A' } },
    holds: { shell: `getent hosts ${NAME} | tr -s ' '`, prints: `10.0.0.9 ${NAME}\n` },
    damages: [{ by: `sed -i '/${NAME}/d' /etc/hosts`, fields: seen }],
    undo,
  },
];

const ODD_NAMES = [
  ['a space', 'with space'],
  ['quotes', `qu'o"te\`s`],
  ['unicode', 'ünï ☂'],
  ['a leading dash', '-rf'],
  ['glob characters and expansions', '*?[a]{b}$(id)~!'],
] as const;

const contract: KindContract = {
  setUp: `mkdir ${FOLDER}
cat >${FOLDER}/helper <<'END_OF_HELPER'
${HELPER}
END_OF_HELPER
cat >${FOLDER}/answer <<'END_OF_ANSWER'
${ANSWER}
END_OF_ANSWER
${socket(7077)}
${socket(7078)}
systemctl daemon-reload
systemd-run --quiet --unit=contract-wait sh ${FOLDER}/helper`,
  tearDown: `systemctl stop contract-wait.service contract-wait-7077.socket contract-wait-7078.socket
rm -rf ${FOLDER} /run/systemd/system/contract-wait-*
systemctl daemon-reload
sed -i '/${NAME}/d' /etc/hosts`,
  rows,
  oddValues: ODD_NAMES.map(([name, odd]) => ({
    name,
    params: { path: `${FOLDER}/${odd}` },
    holds: { shell: `cd ${FOLDER}; ls -d -- './${odd.replaceAll("'", "'\\''")}'`, prints: `./${odd}\n` },
  })),
  interruption: {
    because:
      'it changes nothing, so there is no old and new; that it ends with its connection is in wait.test.ts',
  },
};

export default contract;
