# What the forty items of test/lab/fixtures/forty keep, checked by hand, as root: `sh -s -- MACHINE forty` with this on stdin;
# with `hundred` what bench/hundred keeps more, by the same processes where they can be.
# Prints `MACHINE: SUBJECT ...` for what differs; exit code 2 then. One process for all files, one for all units, and
# so on; a second look only at what differs.
LC_ALL=C
export LC_ALL
machine=$1
hundred=
[ "$2" != hundred ] || hundred=yes
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
[ -z "$hundred" ] || expected='bc installed
curl installed
file installed
less installed
ncdu installed
procps installed
sudo installed
tree installed'
found=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' bc file less ncdu tree ${hundred:+curl procps sudo} 2>/dev/null)
[ "$found" = "$expected" ] || report Packages

# Accounts: ids and shells; groups of the system pick their own id.
groups=$(getent group readers ${hundred:+operators daemons} writers)
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
accounts=$(getent passwd reader ${hundred:+alice bob backups metrics} writer)
case "${accounts%%"$newline"*}" in
  reader:*:4101:4100:*:/srv/reader:/bin/bash) ;;
  *) report reader ;;
esac
case "${accounts##*"$newline"}" in
  writer:*:*:"$writers":*:/usr/sbin/nologin) ;;
  *) report writer ;;
esac

if [ -n "$hundred" ]; then
  case "$groups" in
    *"${newline}operators:"*:4200:backups"${newline}daemons:"*:4201:"$newline"*) ;;
    *) report 'operators, daemons' ;;
  esac
  middle=${accounts#*"$newline"}
  report_missing "alice:x:4211:4200::/srv/alice:/bin/bash
bob:x:4212:4200::/srv/bob:/bin/bash
backups:x:4213:4201::/srv/backups:/usr/sbin/nologin
metrics:x:4214:4201::/srv/metrics:/usr/sbin/nologin" "${middle%"$newline"*}"
fi

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
if [ -n "$hundred" ]; then
  for name in alerts backup cache dhcp dns files git home images jobs keys logs mail media metrics notes photos proxy search \
    wiki; do
    set -- "$@" "/etc/hundred.d/$name.conf"
    expected="$expected$newline/etc/hundred.d/$name.conf 640 root daemons regular file"
  done
  set -- "$@" /etc/hundred.d /srv/hundred /srv/hundred/in /srv/hundred/out /srv/alice/.ssh /srv/alice/.ssh/authorized_keys \
    /srv/bob/.ssh /srv/bob/.ssh/authorized_keys /etc/hundred.current /etc/hundred.latest
  expected="$expected
/etc/hundred.d 755 root root directory
/srv/hundred 750 backups daemons directory
/srv/hundred/in 2770 backups daemons directory
/srv/hundred/out 2770 backups daemons directory
/srv/alice/.ssh 700 alice operators directory
/srv/alice/.ssh/authorized_keys 600 alice operators regular file
/srv/bob/.ssh 700 bob operators directory
/srv/bob/.ssh/authorized_keys 600 bob operators regular file
/etc/hundred.current 777 root root symbolic link
/etc/hundred.latest 777 root root symbolic link"
fi
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
more=
if [ -n "$hundred" ]; then
  for name in alerts backup cache dhcp dns files git home images jobs; do
    more="${more}3884e53c663ca298ceb20f20d0903ebe299d826249184c886f5efda0999e6da7  /etc/hundred.d/$name.conf$newline"
  done
  for name in keys logs mail media metrics notes photos proxy search wiki; do
    more="${more}9429694d2ef167d4d442224a74fe7f6526ad88dc959f0497e61f6a4457b3b06a  /etc/hundred.d/$name.conf$newline"
  done
  more="${more}31c06ef3f0ac9313e429f29dc73f49196b63e747ef281e48b3d6128e082b8aae  /etc/systemd/system/sweep.service
fd7cbc12accdc7e0a674c7e44e0dd5d0ec5163af735e9efdaa4850ed46289958  /etc/systemd/system/sweep.timer"
fi
found=$(sha256sum --check --quiet 2>/dev/null <<END
c30a92f9ef889c07c781a7cf99f5b71415d4d1289e84473d1b9e6f01feffc62d  /srv/data/in/plain
3fa9210b646641a6b6dd4f1a5ab89f4bc325af9bcd201634eb378588f96c362f  /srv/data/in/with space
63a7ccf161bbd1a6768c29d2dc3e671606254e4912bfd05abcce61ebc6d5b2f7  /srv/data/in/quo'te"s
7147a8f255f49cb7693dcd19b6b46e139680d48a03e0a075ea237deb7e6bacc9  /srv/data/in/-dash
cdbcae15105d6b781e620813c79c7e868740d4e9cc53ce6f5fcbbc12387adf4b  /srv/data/in/star*?
8a42e98f9e00497d7bffbca1f8caa7b99e1c8e50c5f9cca8efa225862c2ff11f  /srv/data/in/ünï
afcc99104fb42ce758065ef863f2383f48e0a5d6fbdaa06259047f666590cb07  /srv/data/in/dollar\$(id)
\\6fc0921b13fc08c1d98e7bd13c09fd5c05a7b2768ce587a7b7472bbc7c71b086  /srv/data/in/back\\\\slash
e421985de8560d2d2847361afd20f82baf462e4ae68b199b19d664a7e4c2428d  /srv/data/in/no-newline
5dd1197866f479824d9b483e1b7ae9ad3e518f3b4fd447c6b92d127dda6178c5  /srv/data/in/tab
fedf59908320ce04eed7fe7d8e9902d56b8e1ec742d2ef1e6ed13e971eae3e2d  /etc/systemd/system/beat.service
$more
END
) || while IFS= read -r line; do report "${line%: *}" content; done <<END
$found
END

# Lines
case $(grep -xc -e 'color = blue' -e 'size = 4' -e 'first = yes' /etc/forty.conf) in
  3) ;;
  *) report /etc/forty.conf ;;
esac
grep -xq 'UMASK		027' /etc/login.defs || report /etc/login.defs
expected=/etc/forty.d
[ -z "$hundred" ] || expected='/etc/forty.d
/etc/hundred.d
/srv/hundred/out
/usr/share/zoneinfo/Europe/Berlin'
found=$(readlink /etc/forty.current ${hundred:+/etc/hundred.current /etc/hundred.latest /etc/localtime})
if [ "$found" != "$expected" ]; then
  [ "${found%%"$newline"*}" = /etc/forty.d ] || report /etc/forty.current
  [ "${found#*"$newline"}" = "${expected#*"$newline"}" ] || report '/etc/hundred.current, /etc/hundred.latest, /etc/localtime'
fi
if [ -n "$hundred" ]; then
  cron=/var/spool/cron/crontabs
  found=$(grep -xc -e 'colour = blue' -e 'size = 4' -e 'shape = round' -e 'speed = high' -e 'weight = low' -e 'taste = mild' \
    -e '[[]Journal[]]' -e '\(First\|Second\|Third\|Fourth\) *= *200M' -e '# BEGIN .*' -e '# END .*' -e 'a one' -e 'a two' \
    -e '192.0.2.21[[:blank:]]printer.lan' -e '192.0.2.22[[:blank:]]scanner.lan' -e '#homelab: \(backup\|mirror\)' \
    -e '5 3 1 1 [*] /bin/true backup' -e '5 4 1 1 [*] /bin/true mirror' -e 'net.ipv4.ip_forward *= *0' \
    -e 'net.ipv4.tcp_syncookies *= *1' -e "$machine" -e Europe/Berlin -e 'scratch /srv/scratch tmpfs size=1m,noexec 0 0' \
    -e 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f alice@laptop' \
    -e 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/ bob@phone' \
    -e '[0-9 :]* / /srv/scratch rw,noexec,relatime .* tmpfs scratch .*' \
    /etc/hundred.conf /etc/hundred.ini /etc/hundred.list /etc/hosts "$cron/root" "$cron/alice" /etc/sysctl.d/90-homelab.conf \
    /etc/hostname /proc/sys/kernel/hostname /etc/timezone /etc/fstab /srv/alice/.ssh/authorized_keys \
    /srv/bob/.ssh/authorized_keys /proc/self/mountinfo 2>/dev/null)
  while IFS=: read -r path count; do
    case "$newline$found$newline" in
      *"$newline$path:$count$newline"*) continue ;;
    esac
    [ "$path" != /proc/self/mountinfo ] || path=/srv/scratch
    report "$path" lines
  done <<END
/etc/hundred.conf:6
/etc/hundred.ini:5
/etc/hundred.list:6
/etc/hosts:2
$cron/root:2
$cron/alice:2
/etc/sysctl.d/90-homelab.conf:2
/etc/hostname:1
/proc/sys/kernel/hostname:1
/etc/timezone:1
/etc/fstab:1
/srv/alice/.ssh/authorized_keys:1
/srv/bob/.ssh/authorized_keys:1
/proc/self/mountinfo:1
END
  read -r forwarding </proc/sys/net/ipv4/ip_forward
  read -r cookies </proc/sys/net/ipv4/tcp_syncookies
  [ "$forwarding $cookies" = '0 1' ] || report /etc/sysctl.d/90-homelab.conf
fi

# Services; a service that was changed since systemd read it needs a reload.
found=$(systemctl show --property=Id,ActiveState,UnitFileState,NeedDaemonReload beat.service \
  ${hundred:+sweep.service sweep.timer ssh.service systemd-journald.service} cron.service)
beat='Id=beat.service
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no'
middle=
[ -z "$hundred" ] || middle='
Id=sweep.service
ActiveState=inactive
UnitFileState=static
NeedDaemonReload=no

Id=sweep.timer
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no

Id=ssh.service
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no

Id=systemd-journald.service
ActiveState=active
UnitFileState=static
NeedDaemonReload=no
'
cron='Id=cron.service
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no'
if [ "$found" != "$beat$newline$middle$newline$cron" ]; then
  case "$found" in "$beat$newline"*) ;; *) report beat.service ;; esac
  case "$found" in *"$newline$cron") ;; *) report cron.service ;; esac
  case "$found" in *"$newline$middle$newline"*) ;; *) report 'sweep, ssh, systemd-journald' ;; esac
fi

# Commands that run once
[ -e /var/lib/forty.stamp ] || report /var/lib/forty.stamp
grep -q ready /var/lib/forty.ready || report /var/lib/forty.ready

[ "$differs" = 0 ] || exit 2
