# What the forty items of test/lab/fixtures/forty keep, checked by hand, as root: `sh -s -- MACHINE` with this on stdin.
# Prints `MACHINE: SUBJECT ...` for what differs; exit code 2 then. One process for all files, one for all units, and
# so on; a second look only at what differs.
LC_ALL=C
export LC_ALL
machine=$1
differs=0
newline='
'

# report SUBJECT...
report() {
  differs=1
  printf '%s: %s\n' "$machine" "$*"
}

# report_missing EXPECTED FOUND: each line of one text that the other does not have.
report_missing() {
  [ "$1" = "$2" ] && return
  while IFS= read -r line; do
    case "$newline$2$newline" in
      *"$newline$line$newline"*) ;;
      *) report "$line" ;;
    esac
  done <<END
$1
END
}

# Packages
expected='bc installed
file installed
less installed
ncdu installed
tree installed'
found=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' bc file less ncdu tree 2>/dev/null)
[ "$found" = "$expected" ] || report Packages

# Accounts: ids and shells; groups of the system pick their own id.
groups=$(getent group readers writers)
case "$groups" in
  readers:*:4100:*"${newline}writers:"*) ;;
  *) report 'readers, writers' ;;
esac
members=${groups%%"$newline"*}
case ",${members##*:}," in
  *,writer,*) ;;
  *) report writer groups ;;
esac
writers=${groups##*"${newline}writers:x:"}
writers=${writers%%:*}
accounts=$(getent passwd reader writer)
case "${accounts%%"$newline"*}" in
  reader:*:4101:4100:*:/srv/reader:/bin/bash) ;;
  *) report reader ;;
esac
case "${accounts##*"$newline"}" in
  writer:*:*:"$writers":*:/usr/sbin/nologin) ;;
  *) report writer ;;
esac

# Sorts, modes and owners of all files
expected='/srv/data 2750 writer readers directory
/srv/data/in 750 writer readers directory
/srv/data/out 750 writer readers directory
/etc/forty.d 755 root root directory
/etc/forty.d/peers.txt 640 root readers regular file
/etc/forty.current 777 root root symbolic link'
set -- /srv/data /srv/data/in /srv/data/out /etc/forty.d /etc/forty.d/peers.txt /etc/forty.current
for name in plain 'with space' "quo'te\"s" -dash 'star*?' ünï 'dollar$(id)' 'back\slash' no-newline tab; do
  set -- "$@" "/srv/data/in/$name"
  expected="$expected$newline/srv/data/in/$name 640 writer readers regular file"
done
texts=
for name in alpha beta gamma delta epsilon zeta eta theta iota kappa; do
  set -- "$@" "/etc/forty.d/$name.conf"
  expected="$expected$newline/etc/forty.d/$name.conf 644 root root regular file"
  texts="$texts# $name of $machine.lab.test${newline}name = $name$newline"
done
report_missing "$expected" "$(stat -c '%n %a %U %G %F' "$@" 2>/dev/null)"

# Contents. What tells the machine's name is compared with the text itself.
cd /etc/forty.d
found=$(cat alpha.conf beta.conf gamma.conf delta.conf epsilon.conf zeta.conf eta.conf theta.conf iota.conf kappa.conf \
  2>&1)
[ "$found$newline" = "$texts" ] || report '/etc/forty.d/*.conf'
. /etc/os-release
found=$(cat /etc/forty.txt /etc/forty.d/peers.txt 2>&1)
expected="$machine.lab.test runs $ID $VERSION_ID on $(dpkg --print-architecture).
dns1 10.77.1.11
nas 10.77.1.12
vault 10.77.1.13"
[ "$found" = "$expected" ] || report '/etc/forty.txt, /etc/forty.d/peers.txt'
found=$(sha256sum --check --quiet 2>/dev/null <<'END'
c30a92f9ef889c07c781a7cf99f5b71415d4d1289e84473d1b9e6f01feffc62d  /srv/data/in/plain
3fa9210b646641a6b6dd4f1a5ab89f4bc325af9bcd201634eb378588f96c362f  /srv/data/in/with space
63a7ccf161bbd1a6768c29d2dc3e671606254e4912bfd05abcce61ebc6d5b2f7  /srv/data/in/quo'te"s
7147a8f255f49cb7693dcd19b6b46e139680d48a03e0a075ea237deb7e6bacc9  /srv/data/in/-dash
cdbcae15105d6b781e620813c79c7e868740d4e9cc53ce6f5fcbbc12387adf4b  /srv/data/in/star*?
8a42e98f9e00497d7bffbca1f8caa7b99e1c8e50c5f9cca8efa225862c2ff11f  /srv/data/in/ünï
afcc99104fb42ce758065ef863f2383f48e0a5d6fbdaa06259047f666590cb07  /srv/data/in/dollar$(id)
\6fc0921b13fc08c1d98e7bd13c09fd5c05a7b2768ce587a7b7472bbc7c71b086  /srv/data/in/back\\slash
e421985de8560d2d2847361afd20f82baf462e4ae68b199b19d664a7e4c2428d  /srv/data/in/no-newline
5dd1197866f479824d9b483e1b7ae9ad3e518f3b4fd447c6b92d127dda6178c5  /srv/data/in/tab
fedf59908320ce04eed7fe7d8e9902d56b8e1ec742d2ef1e6ed13e971eae3e2d  /etc/systemd/system/beat.service
END
) || while IFS= read -r line; do report "$line"; done <<END
$found
END

# Lines
case $(grep -xc -e 'color = blue' -e 'size = 4' -e 'first = yes' /etc/forty.conf) in
  3) ;;
  *) report /etc/forty.conf ;;
esac
grep -xq 'UMASK		027' /etc/login.defs || report /etc/login.defs
[ "$(readlink /etc/forty.current)" = /etc/forty.d ] || report /etc/forty.current

# Services; a service that was changed since systemd read it needs a reload.
found=$(systemctl show --property=Id,ActiveState,UnitFileState,NeedDaemonReload beat.service cron.service)
expected='Id=beat.service
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no

Id=cron.service
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no'
if [ "$found" != "$expected" ]; then
  [ "${found%%"$newline$newline"*}" = "${expected%%"$newline$newline"*}" ] || report beat.service
  [ "${found##*"$newline$newline"}" = "${expected##*"$newline$newline"}" ] || report cron.service
fi

# Commands that run once
[ -e /var/lib/forty.stamp ] || report /var/lib/forty.stamp
grep -q ready /var/lib/forty.ready || report /var/lib/forty.ready

[ "$differs" = 0 ] || exit 2
