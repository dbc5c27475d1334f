import type { DeliberateDifference, ModuleSituations, Situation } from '../situation.js';

/** Both sides' names of a package: `name=version` pins. */
interface Row {
  readonly name: string;
  readonly packages: readonly string[];
  readonly given?: string;
  readonly ansible?: Readonly<Record<string, unknown>>;
  readonly homelab?: Readonly<Record<string, unknown>>;
  readonly differs?: DeliberateDifference;
}

const FOLDER = '/srv/parity-apt';
const SOURCES = '/etc/apt/sources.list.d/parity.list';

/** A repository of packages of our own, each in the versions 1.0 and 2.0, with a configuration file. */
const REPOSITORY = `mkdir -p ${FOLDER}/repo
for name in pa-new pa-there pa-pinned pa-older pa-latest pa-newest pa-some pa-more pa-gone pa-purged pa-auto; do
  for version in 1.0 2.0; do
    root=${FOLDER}/root
    mkdir -p $root/DEBIAN $root/etc
    echo $version >$root/etc/$name.conf
    echo /etc/$name.conf >$root/DEBIAN/conffiles
    printf '%s\\n' "Package: $name" "Version: $version" 'Architecture: all' 'Maintainer: Nobody <nobody@example.org>' \\
      'Description: of the parity test' >$root/DEBIAN/control
    deb=$name-$version.deb
    dpkg-deb --build --root-owner-group -Znone $root ${FOLDER}/repo/$deb >/dev/null
    rm -r $root
    cd ${FOLDER}/repo
    { dpkg-deb --field $deb; printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' $deb "$(stat -c %s $deb)" \\
      "$(sha256sum <$deb | cut -d ' ' -f 1)"; } >>Packages
  done
done
echo 'deb [trusted=yes] file:${FOLDER}/repo ./' >${SOURCES}
apt-get update -qq -o Dir::Etc::sourcelist=${SOURCES} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 2>/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -yqq pa-there pa-older=2.0 pa-latest=1.0 pa-newest pa-some pa-gone pa-purged \\
  pa-auto </dev/null >/dev/null 2>&1
apt-mark auto pa-auto >/dev/null
apt-get remove -yqq pa-purged </dev/null >/dev/null 2>&1
rm /etc/pa-gone.conf; echo 'changed by hand' >/etc/pa-latest.conf`;

const ROWS: readonly Row[] = [
  { name: 'present', packages: ['pa-new'] },
  { name: 'present already', packages: ['pa-there'] },
  {
    name: 'present already, as a dependency',
    packages: ['pa-auto'],
    differs: {
      because:
        'both note that the package is wanted, so that an autoremove leaves it; Ansible does not say that it did, and homelab shows it in the plan.',
      first: { ansible: 'ok', homelab: 'changed' },
    },
  },
  { name: 'pinned to a version', packages: ['pa-pinned=1.0'] },
  {
    name: 'pinned to an older version than is there',
    packages: ['pa-older=1.0'],
    ansible: { allow_downgrade: true },
  },
  {
    name: 'latest, its configuration changed by hand',
    packages: ['pa-latest'],
    ansible: { state: 'latest' },
    homelab: { state: 'latest' },
  },
  {
    name: 'latest already',
    packages: ['pa-newest'],
    ansible: { state: 'latest' },
    homelab: { state: 'latest' },
  },
  { name: 'two, one of them there', packages: ['pa-some', 'pa-more'] },
  {
    name: 'absent',
    packages: ['pa-gone'],
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
  {
    name: 'absent already, its configuration left',
    packages: ['pa-purged'],
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
  {
    name: 'absent, and nobody knows it',
    packages: ['pa-never'],
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
  { name: 'present, and nobody knows it', packages: ['pa-nowhere'] },
  { name: 'pinned to a version that nobody has', packages: ['pa-there=3.0'] },
];

function situation({ name, packages, given, ansible, homelab, differs }: Row): Situation {
  const names = packages.map((text) => text.replace(/=.*/, ''));
  return {
    name,
    ...(given === undefined ? {} : { given }),
    ansible: { apt: { name: packages, ...ansible } },
    homelab: { package: { names: packages, ...homelab } },
    look: names
      .map(
        (
          one,
        ) => `dpkg-query -W -f '\${Package} \${Version} \${Status}\\n' ${one} 2>/dev/null || echo no ${one}
apt-mark showauto ${one} 2>/dev/null || true
show /etc/${one}.conf*`,
      )
      .join('\n'),
    ...(differs === undefined ? {} : { differs }),
  };
}

const module: ModuleSituations = {
  given: REPOSITORY,
  situations: ROWS.map(situation),
};

export default module;
