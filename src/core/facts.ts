/** What a machine is. Read once per run; every value is data from the host. */
export interface Facts {
  readonly os: {
    /** `ID` of os-release: `debian`, `ubuntu`, `alpine`, … */
    readonly id: string;
    /** `debian`, `redhat`, `alpine`, `arch`, `suse`, `nixos`, or the id itself. */
    readonly family: string;
    /** `VERSION_ID`, e.g. `12` or `24.04`; empty on rolling systems. */
    readonly version: string;
    /** `VERSION_CODENAME`, e.g. `bookworm`; may be empty. */
    readonly codename: string;
    /** `PRETTY_NAME`. */
    readonly name: string;
  };
  /** As Debian names it: `amd64`, `arm64`, `armhf`, `i386`, `riscv64`, else as `uname -m` says. */
  readonly arch: string;
  /** What process 1 is: `systemd`, `openrc`, `busybox`, or its name. */
  readonly init: string;
  /** What kind of container the machine is: `lxc`, `systemd-nspawn`, `docker`, `podman`, …; empty where it is none. */
  readonly container: string;
  /** `apt`, `dnf`, `apk`, `pacman`, `zypper`, `nix`, or `none`. */
  readonly package_manager: string;
  /** `uname -r`. */
  readonly kernel: string;
  readonly hostname: string;
  /** Global addresses, IPv4 first, without prefix length. */
  readonly addresses: readonly string[];
  readonly memory_mib: number;
  readonly cores: number;
  /** Version of the OpenSSH server, e.g. `9.2`; empty where there is none. */
  readonly openssh_version: string;
}

/** The facts as `when` names them (`os_family` for `os.family`), each with an example of its type. */
export const FACT_EXAMPLES: Facts = {
  os: {
    id: 'debian',
    family: 'debian',
    version: '12',
    codename: 'bookworm',
    name: 'Debian GNU/Linux 12 (bookworm)',
  },
  arch: 'amd64',
  init: 'systemd',
  container: '',
  package_manager: 'apt',
  kernel: '6.1.0-18-amd64',
  hostname: 'host',
  addresses: ['192.0.2.10'],
  memory_mib: 2048,
  cores: 2,
  openssh_version: '9.2',
};

/** Facts flattened the way `when` and reports name them: `os.family` becomes `os_family`. */
export function flattenFacts(facts: Facts): FlatFacts {
  const known = flattened.get(facts);
  if (known !== undefined) return known;
  const { os, ...rest } = facts;
  const flat: FlatFacts = {
    ...Object.fromEntries(Object.entries(os).map(([name, value]) => [`os_${name}`, value])),
    ...rest,
  };
  flattened.set(facts, flat);
  return flat;
}

type FlatFacts = Readonly<Record<string, string | number | readonly string[]>>;

/** Every key of every condition asks for them. */
const flattened = new WeakMap<Facts, FlatFacts>();
