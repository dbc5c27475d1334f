# Undoes all that the forty items of test/lab/fixtures/forty make on a machine, but not its packages. Run as root.
set -eu
systemctl -q disable --now beat.service 2>/dev/null || true
rm -f /etc/systemd/system/beat.service /run/beat
systemctl daemon-reload
for user in reader writer; do
  ! getent passwd "$user" >/dev/null || userdel "$user"
done
for group in readers writers; do
  ! getent group "$group" >/dev/null || groupdel "$group"
done
rm -rf /srv/data /srv/reader /etc/forty.d
rm -f /etc/forty.conf /etc/forty.txt /etc/forty.current /var/lib/forty.stamp /var/lib/forty.ready
sed -i 's/^UMASK[[:space:]].*/UMASK\t\t022/' /etc/login.defs
