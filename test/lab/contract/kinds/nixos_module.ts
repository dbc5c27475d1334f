import { BECOME_DEBIAN, becomeNixos, CALLS } from '../../fixtures/nixos-stand-in.js';
import type { KindContract } from '../contract.js';

const PROFILE = '/nix/var/nix/profiles/system';
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

/** Nix is real, NixOS is a stand-in. */
const contract: KindContract = {
  setUp: `${becomeNixos(CONFIGURATION)}
chmod 640 /etc/nixos/configuration.nix`,
  tearDown: BECOME_DEBIAN,
  files: { 'templates/dns.nix.hbs': '{ ... }: { services.unbound.port = {{port}}; }\n' },
  rows: [
    {
      name: 'content, imported, switched to',
      params: { path: '/etc/nixos/homelab/web.nix', content: WEB },
      holds: {
        shell: `cat /etc/nixos/homelab/web.nix; ${listed} | grep web; grep -c homelab.nix /etc/nixos/configuration.nix
${PARSES}; stat -c %a /etc/nixos/configuration.nix
grep -c nginx /run/current-system/configuration ${PROFILE}/configuration | sed 's/.*://'; grep -c '^default' ${CALLS} >/dev/null && echo default`,
        prints: `${WEB}./homelab/web.nix\n1\n640\n1\n1\ndefault\n`,
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
        holds: {
          shell: `ls /etc/nixos/homelab | grep web || true; ${listed} | grep web || true; ${PARSES}`,
          prints: '',
        },
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
      params: { path: '/etc/nixos/homelab/tried.nix', content: '{ tried = true; }\n', apply: 'test' },
      holds: {
        shell: `${listed} | grep tried; ls /run/homelab-nixos | wc -l; grep -c tried /run/current-system/configuration`,
        prints: './homelab/tried.nix\n1\n1\n',
      },
      // What a reboot does.
      damages: [{ by: 'rm -r /run/homelab-nixos', fields: ['applied'] }],
      undo: {
        params: { path: '/etc/nixos/homelab/tried.nix', apply: 'none', state: 'absent' },
        holds: { shell: `ls /run/homelab-nixos; ls /etc/nixos/homelab`, prints: '' },
      },
    },
    {
      name: 'two modules by one rebuild',
      params: {
        path: '/etc/nixos/homelab-both/one.nix',
        content: '{ lab.files.one = "1"; }\n',
        others: [{ path: '/etc/nixos/homelab-both/two.nix', content: '{ lab.files.two = "2"; }\n' }],
        generations: 3,
      },
      holds: { shell: 'cat /srv/lab/one /srv/lab/two', prints: '12' },
      damages: [
        {
          by: 'echo "{ }" >/etc/nixos/homelab-both/two.nix',
          fields: ['applied', 'content./etc/nixos/homelab-both/two.nix'],
        },
      ],
      undo: { because: 'a module that is absent is one by itself' },
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
    params: { path, content, apply: 'none' },
    holds: { shell: `cat -- '${path}'`, prints: content },
  })),
  interruption: {
    from: `rm -rf /etc/nixos/homelab /etc/nixos/homelab.nix /var/lib/homelab-nixos
cat >/etc/nixos/configuration.nix <<'END'
${CONFIGURATION}END`,
    params: { path: '/etc/nixos/homelab/web.nix', content: WEB, apply: 'none' },
    observe: [
      'cat /etc/nixos/homelab/web.nix 2>/dev/null || echo none',
      'cat /etc/nixos/homelab.nix 2>/dev/null || echo none',
      'cat /etc/nixos/configuration.nix',
    ],
  },
};

export default contract;
