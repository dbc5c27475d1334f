/**
 * Shell text that makes a folder `$h_own` of root's for one shell, where others may read, and removes it when the script
 * ends. What a shell that was killed has left goes with the next one: its process id is in the name.
 */
export function privateFolder(name: string): string {
  return `umask 022
h_own=/var/lib/homelab-${name}.$$
for h_old in /var/lib/homelab-${name}.*; do
  [ ! -d "$h_old" ] || [ -d "/proc/\${h_old##*.}" ] && [ "$h_old" != "$h_own" ] || rm -rf "$h_old"
done
trap 'rm -rf "$h_own"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$h_own" || exit 1`;
}
