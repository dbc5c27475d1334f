import { algorithmsOf } from './algorithms.js';

/**
 * Defaults of `ssh` on the host, ssh_config(5): what a user's own file says comes before them. Host keys of all sorts are
 * still taken, since known_hosts may know a machine by another one.
 */
export function clientConfig(version: string, family: string): string {
  const isWithGssapi = ['debian', 'redhat'].includes(family);
  return [
    '# Kept by homelab: changes by hand are overwritten.',
    'Host *',
    `  KexAlgorithms ${algorithmsOf('kex', version).join(',')}`,
    `  Ciphers ${algorithmsOf('ciphers', version).join(',')}`,
    `  MACs ${algorithmsOf('macs', version).join(',')}`,
    '  StrictHostKeyChecking ask',
    '  ForwardAgent no',
    '  ForwardX11 no',
    '  HostbasedAuthentication no',
    '  PermitLocalCommand no',
    '  Tunnel no',
    ...(isWithGssapi ? ['  GSSAPIAuthentication no', '  GSSAPIDelegateCredentials no'] : []),
    '',
  ].join('\n');
}
