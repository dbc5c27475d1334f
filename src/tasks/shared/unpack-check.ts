/**
 * Refuses members that would be written outside, from two lists of the same members: names alone, and `tar -tv` lines
 * (none for zip, where a directory ends with a slash). Names are compared as they are listed, so how a program escapes
 * them is no matter. Nothing may lie below a member that is no directory: that is how archives write through a link of
 * their own. Where links lead is looked at once they are unpacked, when their real meaning can be known.
 */
const CHECK_MEMBERS = `function refuse(why, what) { print "the archive is refused: " why ": " what; exit 1 }
function plain(path) {
  gsub(/\\/(\\.?\\/)+/, "/", path)
  while (sub(/^\\.\\//, "", path)) { }
  sub(/\\/\\.?$/, "", path)
  return path
}
FILENAME == ARGV[1] { names[++count] = $0; next }
{ kinds[++lines] = substr($0, 1, 1) }
END {
  if (count == 0) refuse("it holds", "nothing")
  if (ARGC > 2 && lines != count) refuse("it is listed in two ways", count " and " lines " lines")
  for (i = 1; i <= count; i++) {
    name = names[i]
    if (ARGC <= 2) gsub(/\\\\/, "/", name)
    if (name ~ /^\\// || name ~ /(^|\\/)\\.\\.(\\/|$)/) refuse("a member leads outside", name)
    kind = ARGC > 2 ? kinds[i] : name ~ /\\/$/ ? "d" : "-"
    if (kind !~ /[-dlh]/) refuse("a member is neither file, directory nor link", name)
    name = plain(name)
    if (name == "." || name == "") continue
    if ((name in found) && (kind ~ /[lh]/ || found[name] ~ /[lh]/)) refuse("a link is there twice", name)
    found[name] = kind
  }
  for (name in found)
    for (at = length(name); at > 1; at--)
      if (substr(name, at, 1) == "/" && (substr(name, 1, at - 1) in found) && found[substr(name, 1, at - 1)] != "d")
        refuse("a member lies below what is no directory", name)
}`;

/** Names out of `unzip -l`, by Info-ZIP or busybox; a name of several lines ends it. */
const ZIP_NAMES = `/^ ?--------/ && parts < 2 { parts++; next }
parts == 1 {
  if (!sub(/^ *[0-9]+  [0-9-]+ [0-9:]+   /, "")) { bad = 1; exit 1 }
  print
}
parts == 2 { after++ }
END { if (bad || parts != 2 || after > 1) exit 1 }`;

/**
 * `list_tar` and `list_zip` look at the members of `plain` in the working directory, and end the script where one is
 * refused. What leads outside is shortened by busybox before anybody sees it, and said on stderr.
 */
export const LIST_MEMBERS = `check_members() {
  awk '${CHECK_MEMBERS}' "$@" >&2 || exit 1
  shortened=$(grep -i 'removing leading' said | head -n 1)
  [ -z "$shortened" ] || fail "the archive is refused: a member leads outside: $shortened"
}
list_tar() {
  { tar -tf plain >names && tar -tvf plain >lines; } 2>said || fail "the archive cannot be read as tar: $(head -n 1 said)"
  check_members names lines
}
list_zip() {
  unzip -l plain 2>said | awk '${ZIP_NAMES}' >names || fail "the archive cannot be read as zip: $(head -n 1 said)"
  check_members names
}`;

/**
 * `check_tree` looks at what was unpacked: only files, directories, and links that stay inside, and no set-ID bits. A
 * file with more names than the tree has is a hard link to something outside.
 */
export const CHECK_TREE = `check_tree() {
  root=$(cd tree && pwd -P) || exit 1
  strange=$(find tree ! -type f ! -type d ! -type l | head -n 1)
  [ -z "$strange" ] || fail "the archive is refused: \${strange#tree/} is neither file, directory nor link"
  find tree -type l -exec sh -c 'root=$1; shift
    for link do
      real=
      case $(readlink -- "$link") in /*) ;; *) real=$(readlink -f -- "$link") ;; esac
      case $real in
        "$root" | "$root"/*) ;;
        *) printf "the archive is refused: the link %s does not lead to something inside\\n" "\${link#tree/}"; break ;;
      esac
    done' sh "$root" {} + >strays
  [ ! -s strays ] || fail "$(head -n 1 strays)"
  find tree -type f -links +1 -exec stat -c '%i %h' {} + | sort | uniq -c | awk '$1 != $3 { bad = 1 } END { exit bad }' ||
    fail 'the archive is refused: a hard link leads outside'
  rm -f strays
  find tree -type f -perm -4000 -exec chmod u-s {} +
  find tree -type f -perm -2000 -exec chmod g-s {} +
}`;
