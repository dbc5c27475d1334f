import { Content } from '../../core/content.js';
import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { runStep, type Step } from '../../core/step.js';
import type { ReadableHost } from '../../core/task.js';
import { fileContents } from '../../probes/file-contents.js';
import { openrcServices } from '../../probes/openrc-services.js';
import { units } from '../../probes/units.js';
import { RULES_FILE } from './firewall-load.js';
import { isMasked } from './unit-state.js';
import { scriptStep } from './script-step.js';

const NAME = 'homelab-firewall';

interface BootService {
  readonly path: string;
  readonly text: string;
  readonly mode: string;
}

/** After Debian's nftables.service and with it: starting that one takes all tables away first. */
const UNIT: BootService = {
  path: `/etc/systemd/system/${NAME}.service`,
  mode: '0644',
  text: `# Kept by homelab.
[Unit]
Description=Firewall rules kept by homelab
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=nftables.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service
Conflicts=shutdown.target
DefaultDependencies=no

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=nft -f ${RULES_FILE}
ExecReload=nft -f ${RULES_FILE}

[Install]
WantedBy=sysinit.target
`,
};

const OPENRC_SCRIPT: BootService = {
  path: `/etc/init.d/${NAME}`,
  mode: '0755',
  text: `#!/sbin/openrc-run
# Kept by homelab.
description="Firewall rules kept by homelab"
extra_started_commands="reload"

depend() {
	after nftables
	before net
}

start() {
	ebegin "Loading firewall rules"
	nft -f ${RULES_FILE}
	eend $?
}

reload() {
	start
}
`,
};

/** @throws HomelabError `task/unsupported` where nothing is known that loads rules at boot */
function bootService({ init }: Facts): BootService {
  if (init === 'systemd') return UNIT;
  if (init === 'openrc') return OPENRC_SCRIPT;
  throw new HomelabError({
    code: 'task/unsupported',
    message: `firewall rules are loaded at boot by systemd or OpenRC, and this host runs ${init}`,
    hint: 'Leave the item out here with `when: { init: [systemd, openrc] }`.',
  });
}

/** Whether the rules file is loaded at boot: `true`, `false`, or `null` where nothing of it is there. */
export async function isLoadedAtBoot(host: ReadableHost): Promise<boolean | null> {
  const { path, text } = bootService(host.facts);
  const [file, isEnabled] = await Promise.all([host.read(fileContents, path), isEnabledAtBoot(host)]);
  if (file === null) return isEnabled ? false : null;
  return isEnabled && Content.of(file.bytes).equals(Content.of(text));
}

async function isEnabledAtBoot(host: ReadableHost): Promise<boolean> {
  if (host.facts.init === 'openrc') {
    const service = await host.read(openrcServices, NAME);
    return service !== null && service.activity === 'started' && service.runlevels.length > 0;
  }
  const unit = await host.read(units, `${NAME}.service`);
  return (
    unit !== null &&
    unit.unitFileState === 'enabled' &&
    unit.activeState === 'active' &&
    !isMasked(unit) &&
    !unit.isReloadNeeded
  );
}

/** Where nothing else is in the run level `boot`, as on Debian, nobody enters it: `sysinit` brings the network up there. */
const ENABLE_OPENRC = `level=sysinit
for other in /etc/runlevels/boot/*; do
  [ ! -e "$other" ] || [ "\${other##*/}" = "$1" ] || level=boot
done
[ -e "/etc/runlevels/$level/$1" ] || rc-update -- add "$1" "$level" || exit 1
rc-service -- "$1" start`;

/** The steps after which the rules file is loaded at boot. It has to be there. */
export function bootSteps(facts: Facts): Step[] {
  const { path, text, mode } = bootService(facts);
  const write: Step = { do: 'write', path, body: text, mode, owner: 'root', group: 'root' };
  if (facts.init === 'openrc') {
    return [
      write,
      scriptStep({
        words: [NAME],
        script: ENABLE_OPENRC,
      }),
    ];
  }
  return [
    write,
    runStep(['systemctl', 'daemon-reload']),
    runStep(['systemctl', 'reenable', '--', `${NAME}.service`]),
    runStep(['systemctl', 'restart', '--', `${NAME}.service`]),
  ];
}

/** The steps after which nothing of it is loaded at boot, and the file is gone. */
export function noBootSteps(facts: Facts): Step[] {
  const { path } = bootService(facts);
  const script =
    facts.init === 'openrc'
      ? `[ ! -e "$2" ] || rc-service -- "$1" stop
for level in /etc/runlevels/*; do rm -f -- "$level/$1"; done
rm -f -- "$2"`
      : `[ ! -e "$2" ] || systemctl disable --now -- "$1.service" || exit 1
rm -f -- "$2"
systemctl daemon-reload`;
  return [scriptStep({ words: [NAME, path], script })];
}
