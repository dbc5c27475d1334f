/** Units by which somebody logs in over SSH: each system has some of them. */
export const SSH_UNITS: readonly string[] = [
  'ssh.service',
  'sshd.service',
  'ssh.socket',
  'sshd.socket',
  'dropbear.service',
  'dropbear.socket',
];

/** Units that bring up addresses, and a way to others. */
export const NETWORK_UNITS: readonly string[] = [
  'networking.service',
  'systemd-networkd.service',
  'systemd-networkd.socket',
  'NetworkManager.service',
  'dhcpcd.service',
  'connman.service',
];
