import type { GuardArea } from './guard-area.js';

/** Settings by which a host takes no more packets of ours, or loses the address that we came to, proc_sys_net(5). */
const SETTING =
  /^path:\/proc\/sys\/net\/ipv[46]\/conf\/[^/]+\/(?:disable_ipv6|autoconf|accept_ra\w*|arp_ignore|rp_filter)$/;

/** What the kernel takes from the network. All of its settings come back: one for all interfaces sets those of each. */
export const kernelArea: GuardArea = {
  name: 'kernel',
  what: 'what the kernel takes from the network',
  timerSeconds: 60,
  alsoCovers: (thing) => SETTING.test(thing),
  paths: () => [],
  units: [],
  note: `grep -rs '' /proc/sys/net/ipv4 /proc/sys/net/ipv6 >"$h_c/sysctl"
:`,
  // Twice: what is written for all of them later changes what was put back before.
  revive: `for h_pass in 1 2; do
  grep -rs '' /proc/sys/net/ipv4 /proc/sys/net/ipv6 >"$h_c/sysctl.now"
  grep -vxFf "$h_c/sysctl.now" "$h_c/sysctl" | while IFS=: read -r h_path h_value; do
    printf 'put back %s\\n' "$h_path"
    printf '%s\\n' "$h_value" >"$h_path"
  done
done`,
};
