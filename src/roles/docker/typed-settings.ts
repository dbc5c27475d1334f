/** The keys of daemon.json (dockerd(8)) that are parameters of the role, by the parameter. */
export const TYPED_SETTINGS: Readonly<Record<string, string>> = {
  live_restore: 'live-restore',
  log_driver: 'log-driver',
  log_opts: 'log-opts',
  data_root: 'data-root',
  storage_driver: 'storage-driver',
  dns: 'dns',
  registry_mirrors: 'registry-mirrors',
  insecure_registries: 'insecure-registries',
  default_address_pools: 'default-address-pools',
  metrics_addr: 'metrics-addr',
  userland_proxy: 'userland-proxy',
  ipv6: 'ipv6',
  iptables: 'iptables',
  no_new_privileges: 'no-new-privileges',
};
