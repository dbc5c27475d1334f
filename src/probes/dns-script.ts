import { RECORD_NUMBERS } from '../core/dns-records.js';
import { quote } from '../core/quote.js';

/**
 * A script for bash: asks `$3`, port `$4`, for the records of type number `$2` of the name `$1`, over UDP. Prints the number of
 * records where the answer is without an error (RFC 1035 4.1.1), else nothing.
 *
 * bash writes a buffer at every newline, and a label of ten bytes begins with one: dd makes one datagram of all. No variable of
 * a shell can hold a NUL: od shows what came.
 */
const BASH_QUERY = `LC_ALL=C
IFS=. read -r -a labels <<<"\${1%.}"
question=
for label in "\${labels[@]}"; do
  [ "\${#label}" -ge 1 ] && [ "\${#label}" -le 63 ] || exit 1
  printf -v length '\\\\x%02x' "\${#label}"
  question+=$length$label
done
printf -v type '\\\\0\\\\x%02x' "$2"
printf -v id '\\\\x%02x\\\\x%02x' "$((RANDOM & 255))" "$((RANDOM & 255))"
exec 3<>"/dev/udp/$3/$4" || exit 1
printf "$id\\\\1\\\\0\\\\0\\\\1\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0$question\\\\0$type\\\\0\\\\1" | dd ibs=1 obs=512 2>/dev/null >&3
read -r -a answer -d '' < <(dd bs=65535 count=1 <&3 2>/dev/null | od -An -v -tx1 -N 12)
[ "\${#answer[@]}" -eq 12 ] && [ "\\\\x\${answer[0]}\\\\x\${answer[1]}" = "$id" ] || exit 1
[ "$((16#\${answer[2]} >> 7))\${answer[3]:1}" = 10 ] || exit 1
records=$((16#\${answer[6]}\${answer[7]}))
[ "$records" -eq 0 ] || echo "$records"`;

/**
 * A script for `sh -c`: exit code 0 where a name is found. `$1` the name, `$2` the type or nothing for an address of either sort,
 * `$3` the server or nothing for how the host resolves names, `$4` the server's port or nothing for 53, `$5` seconds that one
 * question may take. Names as the host resolves them are getent's business; a server is asked with what is there of dig, host,
 * bash and nslookup. Only records count: an answer without any, NXDOMAIN and SERVFAIL are none.
 */
export const DNS = `name=$1 type=$2 server=$3 port=$4 limit=$5
by_getent() {
  case $type in
    A) getent ahostsv4 "$name" ;;
    AAAA) getent ahostsv6 "$name" | grep -v '^::ffff:' ;;
    *) getent ahosts "$name" || getent hosts "$name" ;;
  esac
}
by_bash() {
  case $1 in
${Object.entries(RECORD_NUMBERS)
  .map(([type, number]) => `    ${type}) number=${number} ;;`)
  .join('\n')}
  esac
  asked=$server
  if [ -z "$asked" ]; then
    while read -r key value rest; do
      [ "$key" != nameserver ] || { asked=$value; break; }
    done </etc/resolv.conf
  fi 2>/dev/null
  bash -c ${quote(BASH_QUERY)} bash "$name" "$number" "\${asked:-127.0.0.1}" "\${port:-53}" 2>/dev/null
}
by_query() {
  case $tool in
    dig) dig +short "+time=$limit" +tries=1 \${port:+-p "$port"} \${server:+"@$server"} -t "$1" -q "$name" | grep -v '^;' ;;
    host) host -W "$limit" \${port:+-p "$port"} -t "$1" "$name" \${server:+"$server"} | grep -e ' has address ' -e ' has IPv6 address ' -e ' is an alias ' -e ' is handled by ' -e ' name server ' -e ' pointer ' -e ' text ' -e ' SRV record ' ;;
    bash) by_bash "$1" ;;
    nslookup) nslookup "-type=$1" \${port:+"-port=$port"} "$name" \${server:+"$server"} | sed '1,/^$/d' | grep -e '^Address' -e ' = ' ;;
  esac
}
tool=
case $server/$type in
  / | /A | /AAAA) if command -v getent >/dev/null 2>&1; then tool=getent; fi ;;
esac
for program in dig host bash nslookup; do
  if [ -z "$tool" ] && command -v "$program" >/dev/null 2>&1; then tool=$program; fi
done
case $tool/$type in
  /*) echo 'none of dig, host, bash and nslookup is installed'; exit 1 ;;
  getent/*) found=$(by_getent) ;;
  # A server that knows one sort may pass on the question for the other, to one that is silent.
  */) found=$(by_query A); [ -n "$found" ] || found=$(by_query AAAA) ;;
  *) found=$(by_query "$type") ;;
esac
[ -n "$found" ] || { echo 'no such name'; exit 1; }`;
