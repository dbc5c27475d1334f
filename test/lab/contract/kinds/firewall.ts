import type { KindContract } from '../contract.js';

/** Without the text of ICMP and the like, which the unit tests know. */
const OWN_RULES = `nft -s list table inet homelab | grep -E '10\\.77|dport (22|80|113|\\{ 80)|jump|policy|comment' | sed 's/^\\s*//'`;
const LAB = { allow: 'tcp/22', from: '10.77.1.0/24' };

/** Works from any state. */
const CLEAN = `rm -rf /etc/homelab /var/lib/homelab-firewall
systemctl disable -q --now homelab-firewall 2>/dev/null || true
rm -f /etc/systemd/system/homelab-firewall.service; systemctl daemon-reload
nft -f - <<'END'
table inet homelab
delete table inet homelab
END
`;

const contract: KindContract = {
  setUp: `DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends nftables >/dev/null 2>&1 </dev/null
nft -f - <<'END'
table ip somebodys { chain c { }; }
END`,
  tearDown: `${CLEAN}nft delete table ip somebodys
DEBIAN_FRONTEND=noninteractive apt-get purge -yqq nftables >/dev/null 2>&1 </dev/null`,
  rows: [
    {
      name: 'zones and rules, beside a table of somebody else',
      params: {
        guarded: true,
        zones: {
          lan: { interfaces: ['eth0', 'wg*'], rules: [{ ...LAB, comment: 'administration' }] },
        },
        rules: [{ allow: ['tcp/80', 'tcp/443', 'udp/443'] }, { reject: 'tcp/113' }, { drop: 'vrrp' }],
      },
      holds: {
        shell: `${OWN_RULES}; nft list tables; systemctl is-enabled homelab-firewall; stat -c '%a %U' /etc/homelab/firewall.nft`,
        prints: `ip saddr 10.77.1.0/24 tcp dport 22 accept comment "administration"
type filter hook input priority filter; policy drop;
iifname "eth0" jump zone_lan
iifname "wg*" jump zone_lan
tcp dport { 80, 443 } accept
tcp dport 113 reject with tcp reset
table ip somebodys
table inet homelab
enabled
600 root
`,
      },
      damages: [
        { by: 'nft add rule inet homelab input tcp dport 8080 accept', fields: ['loaded'] },
        { by: 'nft delete table inet homelab', fields: ['loaded'] },
        { by: 'echo "# more" >>/etc/homelab/firewall.nft', fields: ['content', 'loaded'] },
        { by: 'systemctl disable -q homelab-firewall', fields: ['at_boot'] },
        {
          by: 'rm /etc/homelab/firewall.nft',
          fields: ['at_boot', 'content', 'loaded', 'state'],
        },
      ],
      undo: {
        params: { state: 'absent' },
        holds: {
          shell:
            'nft list tables; ls /etc/homelab /var/lib/homelab-firewall; ls /etc/systemd/system | grep homelab-firewall || true',
          prints: 'table ip somebodys\n/etc/homelab:\n\n/var/lib/homelab-firewall:\n',
        },
      },
    },
  ],
  oddValues: [
    {
      name: 'comments, and as many addresses as a list can get long',
      params: {
        rules: [
          { ...LAB, comment: "naïve — it's ☂ $(id) * %s `x` -n" },
          {
            drop: 'any',
            from: Array.from({ length: 2000 }, (_, index) => `198.18.${index >> 8}.${(index & 127) * 2}`),
            comment: ' ',
          },
        ],
      },
      holds: {
        shell: `nft list table inet homelab | sed -n 's/.*tcp dport 22 accept comment//p'; nft list table inet homelab | grep -o '198\\.18\\.' | wc -l`,
        prints: ` "naïve — it's ☂ $(id) * %s \`x\` -n"\n1024\n`,
      },
    },
  ],
  interruption: {
    from: CLEAN,
    params: { rules: [LAB, { allow: ['tcp/80', 'tcp/443'] }] },
    observe: [
      'cat /etc/homelab/firewall.nft 2>/dev/null || echo none',
      'nft -s list table inet homelab 2>/dev/null || echo none',
      'cat /etc/systemd/system/homelab-firewall.service 2>/dev/null || echo none',
    ],
  },
};

export default contract;
