import type { Facts } from '../../core/facts.js';

/** Values of settings of the kernel by name; false: left as found. */
export type KernelOverrides = Readonly<Record<string, string | number | false>>;

/** What the network of a host does not need; nothing of forwarding, which is the business of routers and of Docker. */
const NETWORK: Readonly<Record<string, number>> = {
  'net.ipv4.conf.all.accept_redirects': 0,
  'net.ipv4.conf.default.accept_redirects': 0,
  'net.ipv4.conf.all.secure_redirects': 0,
  'net.ipv4.conf.default.secure_redirects': 0,
  'net.ipv4.conf.all.send_redirects': 0,
  'net.ipv4.conf.default.send_redirects': 0,
  'net.ipv4.conf.all.accept_source_route': 0,
  'net.ipv4.conf.default.accept_source_route': 0,
  'net.ipv4.conf.all.shared_media': 1,
  'net.ipv4.conf.default.shared_media': 1,
  'net.ipv4.conf.all.log_martians': 1,
  'net.ipv4.conf.default.log_martians': 1,
  'net.ipv4.conf.all.arp_announce': 2,
  'net.ipv4.icmp_echo_ignore_broadcasts': 1,
  'net.ipv4.icmp_ignore_bogus_error_responses': 1,
  'net.ipv4.icmp_ratelimit': 100,
  'net.ipv4.icmp_ratemask': 88_089,
  'net.ipv4.tcp_rfc1337': 1,
  'net.ipv4.tcp_syncookies': 1,
  'net.ipv6.conf.all.accept_redirects': 0,
  'net.ipv6.conf.default.accept_redirects': 0,
  'net.ipv6.conf.all.accept_source_route': 0,
  'net.ipv6.conf.default.accept_source_route': 0,
  'net.core.bpf_jit_harden': 2,
};

/** What programs of one account may learn of the kernel and of others. */
const SYSTEM: Readonly<Record<string, number>> = {
  'dev.tty.ldisc_autoload': 0,
  'fs.protected_fifos': 2,
  'fs.protected_hardlinks': 1,
  'fs.protected_regular': 2,
  'fs.protected_symlinks': 1,
  'kernel.dmesg_restrict': 1,
  'kernel.kptr_restrict': 2,
  'kernel.perf_event_paranoid': 3,
  'kernel.randomize_va_space': 2,
  'kernel.sysrq': 0,
  'kernel.unprivileged_bpf_disabled': 1,
  'kernel.yama.ptrace_scope': 2,
};

/** For a host all of whose addresses and routes of IPv6 are written down. */
const NO_AUTOCONF: Readonly<Record<string, number>> = {
  'net.ipv6.conf.all.accept_ra': 0,
  'net.ipv6.conf.default.accept_ra': 0,
  'net.ipv6.conf.all.autoconf': 0,
  'net.ipv6.conf.default.autoconf': 0,
  'net.ipv6.conf.all.router_solicitations': 0,
  'net.ipv6.conf.default.router_solicitations': 0,
  'net.ipv6.conf.default.accept_ra_defrtr': 0,
  'net.ipv6.conf.default.accept_ra_pinfo': 0,
  'net.ipv6.conf.default.accept_ra_rtr_pref': 0,
  'net.ipv6.conf.default.max_addresses': 1,
};

/** What {@link kernelSettings} is asked for. */
export interface KernelWishes {
  /** `loose`: a sender that no route at all leads to is dropped; `strict`: one that another interface leads to as well. */
  readonly reverse_path?: 'loose' | 'strict' | undefined;
  readonly ipv6_autoconf: boolean;
  readonly core_dumps: boolean;
  readonly sysctl: KernelOverrides;
}

/** A way back by another interface than the way in, as Docker, tunnels and routers may have, takes a second address. */
function isSingleHomed({ addresses }: Facts): boolean {
  return addresses.filter((address) => address.includes('.')).length === 1;
}

/** The settings by name, those of the user over ours. */
export function kernelSettings(
  wishes: KernelWishes,
  facts: Facts,
): Readonly<Record<string, string | number>> {
  const isStrict = (wishes.reverse_path ?? (isSingleHomed(facts) ? 'strict' : 'loose')) === 'strict';
  const reversePath = isStrict ? 1 : 2;
  const all: KernelOverrides = {
    ...NETWORK,
    'net.ipv4.conf.all.rp_filter': reversePath,
    'net.ipv4.conf.default.rp_filter': reversePath,
    ...(wishes.ipv6_autoconf ? {} : NO_AUTOCONF),
    ...SYSTEM,
    // What goes to a program is not bound by limits(5), and this one keeps nothing.
    ...(wishes.core_dumps ? {} : { 'fs.suid_dumpable': 0, 'kernel.core_pattern': '|/bin/false' }),
    ...wishes.sysctl,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string | number] => entry[1] !== false),
  );
}
