/** What a control of dev-sec's ssh-baseline wants of a machine, in our words, and what becomes of it. */
export interface BaselineControl {
  readonly id: string;
  readonly about: string;
  readonly judged: Judged;
}

type Judged =
  /** What `sshd -T` says of keywords in lower case, `keyword value`. */
  | { readonly sshd: readonly string[] }
  /** What `ssh -G` says for a host that nothing is said about. */
  | { readonly ssh: readonly string[] }
  /** What a shell script prints as root. */
  | { readonly shell: string; readonly prints: string }
  /** Why it does not hold, or means nothing: a sentence, which docs/hardening.md has too. */
  | { readonly waived: string };

const GONE = 'OpenSSH has given the keyword up long before 8.2, the oldest that the role takes.';
const CIPHERS =
  'chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr';
const OWN_LISTS =
  'Its list is older than post-quantum key exchange and has MACs without encrypt-then-MAC, which ssh-audit fails. Ours is judged by ssh-audit.';

const server = (id: number, about: string, judged: Judged): BaselineControl => ({
  id: `sshd-${String(id).padStart(2, '0')}`,
  about,
  judged,
});
const client = (id: number, about: string, judged: Judged): BaselineControl => ({
  id: `ssh-${String(id).padStart(2, '0')}`,
  about,
  judged,
});

/** Every control of ssh-baseline 2.x: 49 of the server (there is no sshd-26), 22 of the client. */
export const SSH_BASELINE: readonly BaselineControl[] = [
  server(1, 'ciphers', { sshd: [`ciphers ${CIPHERS}`] }),
  server(2, 'key exchange', { waived: OWN_LISTS }),
  server(3, 'MACs', { waived: OWN_LISTS }),
  server(4, 'who may write /etc/ssh', { shell: "stat -c '%a %U %G' /etc/ssh", prints: '755 root root\n' }),
  server(5, 'sshd_config is for root alone', {
    shell: "stat -c '%a %U %G' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/00-homelab.conf",
    prints: '600 root root\n600 root root\n',
  }),
  server(6, 'no password for root', { sshd: ['permitrootlogin without-password'] }),
  server(7, 'port', {
    waived: 'The port is what the inventory says (`sshd_port`); another number hides nothing.',
  }),
  server(8, 'address family', { sshd: ['addressfamily any'] }),
  server(9, 'a listening address is named', { sshd: ['listenaddress [::]:', 'listenaddress 0.0.0.0:'] }),
  server(10, 'protocol 2', { waived: GONE }),
  server(11, 'strict modes', { sshd: ['strictmodes yes'] }),
  server(12, 'log facility', { sshd: ['syslogfacility AUTH'] }),
  server(13, 'log level', { sshd: ['loglevel VERBOSE'] }),
  server(14, 'host keys', {
    waived:
      'It wants a host key on a curve of NIST beside the others; ssh-audit fails those, and the role leaves them out.',
  }),
  server(15, 'no UseLogin', { waived: GONE }),
  server(16, 'privilege separation', { waived: GONE }),
  server(17, 'no environment of users', { sshd: ['permituserenvironment no'] }),
  server(18, 'grace time', { sshd: ['logingracetime 30'] }),
  server(19, 'tries of a login', {
    waived: 'It wants 2. An agent offers its keys one by one: 3 is what people with more than one key need.',
  }),
  server(20, 'sessions', { sshd: ['maxsessions 10'] }),
  server(21, 'logins at once', { sshd: ['maxstartups 10:30:60'] }),
  server(22, 'public keys', { sshd: ['pubkeyauthentication yes'] }),
  server(23, 'no rhosts', { sshd: ['ignorerhosts yes'] }),
  server(24, 'no known_hosts of users', { sshd: ['ignoreuserknownhosts yes'] }),
  server(25, 'no trust in hosts', { sshd: ['hostbasedauthentication no'] }),
  server(27, 'no passwords', { sshd: ['passwordauthentication no'] }),
  server(28, 'no empty passwords', { sshd: ['permitemptypasswords no'] }),
  server(29, 'no challenge and response', { sshd: ['kbdinteractiveauthentication no'] }),
  server(30, 'no Kerberos', { sshd: ['kerberosauthentication no'] }),
  server(31, 'no password where Kerberos fails', {
    waived: 'It means nothing without Kerberos and passwords, both of which are off.',
  }),
  server(32, 'tickets are destroyed', { sshd: ['kerberosticketcleanup yes'] }),
  server(33, 'no GSSAPI', { sshd: ['gssapiauthentication no'] }),
  server(34, 'credentials are destroyed', { sshd: ['gssapicleanupcredentials yes'] }),
  server(35, 'no TCP keepalive', { sshd: ['tcpkeepalive no'] }),
  server(36, 'clients are asked whether they live', {
    waived: 'It wants every 300 s; the role asks every 60 s, so that a dead session ends after two minutes.',
  }),
  server(37, 'how often they may not answer', {
    waived: 'It wants 3; the role has 2, so that a dead session ends after two minutes.',
  }),
  server(38, 'no tunnels', { sshd: ['permittunnel no'] }),
  server(39, 'no TCP forwarding', { sshd: ['allowtcpforwarding no'] }),
  server(40, 'no agent forwarding', { sshd: ['allowagentforwarding no'] }),
  server(41, 'no gateway ports', { sshd: ['gatewayports no'] }),
  server(42, 'no X11', { sshd: ['x11forwarding no'] }),
  server(43, 'X11 for itself alone', { sshd: ['x11uselocalhost yes'] }),
  server(44, 'no message of the day from sshd', { sshd: ['printmotd no'] }),
  server(45, 'no last login', {
    waived:
      'Whoever logs in sees when somebody last did with the same account: that is how a stolen key is noticed.',
  }),
  server(46, 'no banner', { sshd: ['banner none'] }),
  server(47, 'no version of the package', {
    shell: 'sshd -T -ddd 2>&1 | tr -d "\\r" | sed -n "s/.* setting DebianBanner //p" | head -n 1',
    prints: 'no\n',
  }),
  server(48, 'no small groups', {
    shell: "awk '$1 !~ /^#/ && $5 < 2047' /etc/ssh/moduli | wc -l",
    prints: '0\n',
  }),
  server(49, 'no policy on the command line', {
    shell:
      "tr '\\0' ' ' <\"/proc/$(cat /run/sshd.pid)/cmdline\" | grep -cE -- '-o ?(Ciphers|Kex|HostKeyAlg)' || true",
    prints: '0\n',
  }),
  server(50, 'size of an RSA host key', {
    waived:
      'It wants 4096 bits. Systems make 3072, which lasts beyond 2030 (NIST SP 800-57); a shorter one is not offered, and pinned keys are not replaced.',
  }),
  client(1, 'ssh_config is readable', {
    shell: "stat -c '%a %U %G' /etc/ssh/ssh_config",
    prints: '644 root root\n',
  }),
  client(2, 'address family', { ssh: ['addressfamily any'] }),
  client(3, 'port', { ssh: ['port 22'] }),
  client(4, 'protocol 2', { waived: GONE }),
  client(5, 'no batch mode', { ssh: ['batchmode no'] }),
  client(6, 'addresses of hosts are checked', {
    waived: 'OpenSSH has turned it off (8.5): at home addresses change, and the key is what counts.',
  }),
  client(7, 'new host keys are asked about', { ssh: ['stricthostkeychecking ask'] }),
  client(8, 'ciphers', { ssh: [`ciphers ${CIPHERS}`] }),
  client(9, 'key exchange', { waived: OWN_LISTS }),
  client(10, 'MACs', { waived: OWN_LISTS }),
  client(11, 'no agent forwarding', { ssh: ['forwardagent no'] }),
  client(12, 'no X11', { ssh: ['forwardx11 no'] }),
  client(13, 'no trust in hosts', { ssh: ['hostbasedauthentication no'] }),
  client(14, 'no rhosts', { waived: GONE }),
  client(15, 'RSA of protocol 1', { waived: GONE }),
  client(16, 'no passwords', {
    waived:
      'A machine at home logs in to switches and to new machines that know nothing but a password. Servers decide.',
  }),
  client(17, 'no GSSAPI', { ssh: ['gssapiauthentication no'] }),
  client(18, 'no delegation', { ssh: ['gssapidelegatecredentials no'] }),
  client(19, 'no tunnels', { ssh: ['tunnel false'] }),
  client(20, 'no local commands', { ssh: ['permitlocalcommand no'] }),
  client(21, 'no roaming', { waived: GONE }),
  client(22, 'what ssh uses is what it is told', { ssh: [`ciphers ${CIPHERS}`] }),
];
