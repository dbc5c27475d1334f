import type { KindContract } from '../contract.js';

const CALLS = '/var/lib/contract-nixos-rebuild';
/** What a NixOS system's own `/etc/os-release` says. */
const OS_RELEASE = 'NAME=NixOS\nID=nixos\nVERSION_ID="24.05"\nPRETTY_NAME="NixOS 24.05 (Uakari)"\n';
const CONFIGURATION = `{ config, pkgs, ... }:

{
  imports =
    [ # Include the results of the hardware scan.
      ./hardware-configuration.nix
    ];
  users.motd = "imports = [ ]";
}
`;
const WEB = '{ ... }: {\n  services.nginx.enable = true;\n}\n';
const ODD = `{ ... }: {\n  a = "naïve ☂ \${toString 1} * $(id) \\" -n";\n  b = ''two\n    lines ''\${ '''quoted''' '';\n}\n`;
const PARSES = 'nix-instantiate --parse /etc/nixos/configuration.nix >/dev/null';
const listed = 'sed -n "s/^    //p" /etc/nixos/homelab.nix';

/**
 * A real Nix checks what is written. `nixos-rebuild` is a stand-in, because NixOS itself is not to be had here: it has
 * Nix parse the configuration with all it imports from /etc/nixos, as the real one would begin, and notes its call.
 */
const REBUILD = `#!/bin/sh
for file in /etc/nixos/*.nix /etc/nixos/*/*.nix; do nix-instantiate --parse "$file" >/dev/null || exit 1; done
printf '%s\\n' "$1" >>${CALLS}
`;

const contract: KindContract = {
  setUp: `DEBIAN_FRONTEND=noninteractive apt-get install -yqq nix-bin >/dev/null 2>&1 </dev/null
cat >/usr/local/bin/nixos-rebuild <<'END'
${REBUILD}END
chmod 755 /usr/local/bin/nixos-rebuild
mkdir -p /etc/nixos
cat >/etc/nixos/configuration.nix <<'END'
${CONFIGURATION}END
chmod 640 /etc/nixos/configuration.nix
mv /etc/os-release /etc/os-release.contract
cat >/etc/os-release <<'END'
${OS_RELEASE}END`,
  tearDown: `mv /etc/os-release.contract /etc/os-release
rm -rf /etc/nixos /usr/local/bin/nixos-rebuild ${CALLS} /var/lib/homelab-nixos /run/homelab-nixos
DEBIAN_FRONTEND=noninteractive apt-get purge -yqq nix-bin >/dev/null 2>&1 </dev/null`,
  files: { 'templates/dns.nix.hbs': '{ ... }: { services.unbound.port = {{port}}; }\n' },
  rows: [
    {
      name: 'content, imported, switched to',
      params: { path: '/etc/nixos/homelab/web.nix', content: WEB },
      holds: {
        shell: `cat /etc/nixos/homelab/web.nix; ${listed} | grep web; grep -c homelab.nix /etc/nixos/configuration.nix
${PARSES}; stat -c %a /etc/nixos/configuration.nix; grep -cx switch ${CALLS} >/dev/null && echo rebuilt`,
        prints: `${WEB}./homelab/web.nix\n1\n640\nrebuilt\n`,
      },
      damages: [
        {
          by: 'echo "{ }" >/etc/nixos/homelab/web.nix',
          fields: ['applied', 'content'],
        },
        { by: "sed -i '/web.nix/d' /etc/nixos/homelab.nix", fields: ['imported'] },
        { by: 'rm /etc/nixos/homelab/web.nix', fields: ['applied', 'content', 'state'] },
      ],
      undo: {
        params: { path: '/etc/nixos/homelab/web.nix', state: 'absent' },
        holds: { shell: `ls /etc/nixos/homelab | grep web || true; ${listed}; ${PARSES}`, prints: '' },
      },
    },
    {
      name: 'a template, imported by nobody, for the next boot',
      params: {
        path: '/etc/nixos/homelab-alone/dns.nix',
        template: 'dns.nix.hbs',
        vars: { port: 53 },
        import: false,
        apply: 'boot',
      },
      holds: {
        shell: `cat /etc/nixos/homelab-alone/dns.nix; grep -c dns /etc/nixos/homelab.nix || true; grep -cx boot ${CALLS} >/dev/null && echo rebuilt`,
        prints: '{ ... }: { services.unbound.port = 53; }\n0\nrebuilt\n',
      },
      damages: [{ by: 'rm -r /var/lib/homelab-nixos/*dns*', fields: ['applied'] }],
      undo: {
        params: { path: '/etc/nixos/homelab-alone/dns.nix', import: false, apply: 'boot', state: 'absent' },
        holds: { shell: 'ls /etc/nixos/homelab-alone', prints: '' },
      },
    },
    {
      name: 'until the next boot',
      params: { path: '/etc/nixos/homelab/tried.nix', content: '{ }\n', apply: 'test' },
      holds: {
        shell: `${listed} | grep tried; ls /run/homelab-nixos | wc -l; grep -cx test ${CALLS} >/dev/null && echo rebuilt`,
        prints: './homelab/tried.nix\n1\nrebuilt\n',
      },
      // What a reboot does.
      damages: [{ by: 'rm -r /run/homelab-nixos', fields: ['applied'] }],
      undo: {
        params: { path: '/etc/nixos/homelab/tried.nix', apply: 'none', state: 'absent' },
        holds: { shell: `ls /run/homelab-nixos; ls /etc/nixos/homelab`, prints: '' },
      },
    },
  ],
  oddValues: [
    { name: 'strings of all sorts', path: '/etc/nixos/homelab/odd.nix', content: ODD },
    { name: 'a name with signs', path: '/etc/nixos/homelab/-a+b_c.d.nix', content: '{ }' },
    {
      name: 'a megabyte',
      path: '/etc/nixos/homelab/large.nix',
      content: `{ }\n${'# a comment of a long module\n'.repeat(36_000)}`,
    },
  ].map(({ name, path, content }) => ({
    name,
    params: { path, content },
    holds: { shell: `cat -- '${path}'`, prints: content },
  })),
  interruption: {
    from: `rm -rf /etc/nixos/homelab /etc/nixos/homelab.nix /var/lib/homelab-nixos
cat >/etc/nixos/configuration.nix <<'END'
${CONFIGURATION}END`,
    params: { path: '/etc/nixos/homelab/web.nix', content: WEB },
    observe: [
      'cat /etc/nixos/homelab/web.nix 2>/dev/null || echo none',
      'cat /etc/nixos/homelab.nix 2>/dev/null || echo none',
      'cat /etc/nixos/configuration.nix',
    ],
  },
};

export default contract;
