/** Networks that no address of the internet is in: RFC 1918, RFC 4193, RFC 4291 2.5.6. */
export const LOCAL_NETWORKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  'fe80::/10',
] as const;
