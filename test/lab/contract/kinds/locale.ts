import type { KindContract } from '../contract.js';

const BACK = `sed -i 's/^\\([a-z]\\)/# \\1/' /etc/locale.gen; rm -f /etc/default/locale /usr/lib/locale/locale-archive`;
const has = (name: string): string => `locale -a | grep -Fx ${name} || true`;

const contract: KindContract = {
  setUp: `apt-get -qq update >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends locales >/dev/null 2>&1
${BACK}`,
  tearDown: `${BACK}; DEBIAN_FRONTEND=noninteractive apt-get -qq purge locales >/dev/null 2>&1; rm -f /etc/locale.gen`,
  rows: [
    {
      name: 'a locale that is the default, other settings of it kept',
      given: `printf 'LANGUAGE=de:en\\n#LANG=x\\nLANG="C.UTF-8"\\nLC_TIME=C' >/etc/default/locale`,
      params: { name: 'de_DE.UTF-8', default: true },
      holds: {
        shell: `${has('de_DE.utf8')}; grep -v '^#' /etc/locale.gen | grep de_DE; cat /etc/default/locale
LC_ALL=de_DE.UTF-8 locale decimal_point`,
        prints: 'de_DE.utf8\nde_DE.UTF-8 UTF-8\nLANGUAGE=de:en\n#LANG=x\nLANG=de_DE.UTF-8\nLC_TIME=C,\n',
      },
      damages: [
        {
          by: `printf 'LANGUAGE=de:en\\n#LANG=x\\nLANG=C\\nLC_TIME=C' >/etc/default/locale`,
          fields: ['default'],
        },
        { by: 'localedef --delete-from-archive de_DE.utf8', fields: ['generated'] },
        { by: `sed -i 's/^de_DE.UTF/# &/' /etc/locale.gen`, fields: ['listed'] },
      ],
      undo: {
        params: { name: 'de_DE.UTF-8', state: 'absent' },
        holds: { shell: `${has('de_DE.utf8')}; grep '^[^#]*de_DE' /etc/locale.gen || true`, prints: '' },
      },
    },
    {
      name: 'an old codeset, with a modifier',
      params: { name: 'fr_FR@euro' },
      holds: {
        shell: `${has('fr_FR@euro')}; ${has('fr_FR.iso885915@euro')}; grep '^fr_FR' /etc/locale.gen`,
        prints: 'fr_FR@euro\nfr_FR.iso885915@euro\nfr_FR@euro ISO-8859-15\n',
      },
      damages: [
        {
          by: `sed -i '/fr_FR@euro/d' /etc/locale.gen; echo 'fr_FR@euro ISO-8859-15' >>/etc/locale.gen; localedef --delete-from-archive fr_FR@euro`,
          fields: ['generated'],
        },
      ],
      undo: {
        params: { name: 'fr_FR@euro', state: 'absent' },
        holds: { shell: `${has('fr_FR@euro')}; grep '^fr_FR' /etc/locale.gen || true`, prints: '' },
      },
    },
  ],
  oddValues: { because: 'Names of locales are letters, digits and few signs; others are refused offline.' },
  interruption: {
    from: BACK,
    params: { name: 'en_GB.UTF-8', default: true },
    observe: [
      has('en_GB.utf8'),
      'grep "^[^#]" /etc/locale.gen || true',
      'cat /etc/default/locale 2>/dev/null || true',
      'ls -A /etc /etc/default | grep "[.]homelab" || true',
    ],
  },
};

export default contract;
