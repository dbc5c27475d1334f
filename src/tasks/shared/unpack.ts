import { FETCH_FUNCTIONS } from './fetch.js';
import { STAGING_FUNCTIONS } from './staging.js';
import { CHECK_TREE, LIST_MEMBERS } from './unpack-check.js';

/**
 * `read_archive` makes `$staging/tree` of `$staging/archive`, whose first bytes say what it is. Members are looked at
 * before anything is unpacked.
 */
const READ_ARCHIVE = `read_archive() {
  cd -- "$staging" && mkdir tree || exit 1
  magic=$(od -An -tx1 -N6 <archive | tr -d ' \\n')
  case $magic in
    1f8b*) need gzip gzip; gzip -dc <archive >plain ;;
    fd377a585a00) need xz xz-utils; xz -dc <archive >plain ;;
    28b52ffd*) need zstd zstd; zstd -dcq <archive >plain ;;
    425a68*) need bzip2 bzip2; bzip2 -dc <archive >plain ;;
    *) mv archive plain ;;
  esac || fail 'the archive is damaged'
  case $magic in
    504b0304* | 504b0506*)
      need unzip unzip
      list_zip
      unzip -qq -o plain -d tree >&2
      # 1: warnings, but everything is there.
      [ $? -le 1 ] || fail 'unzip failed'
      ;;
    *)
      need tar tar
      list_tar
      tar -xof plain -C tree >&2 || fail 'tar failed'
      ;;
  esac
  rm -f plain archive names lines said
}`;

/** `strip_tree COUNT` takes leading directories away, as `tar --strip-components` does where tar knows it. */
const STRIP_TREE = `strip_tree() {
  strip_left=$1
  while [ "$strip_left" -gt 0 ]; do
    mv tree outer && mkdir tree || exit 1
    for folder in outer/* outer/.[!.]* outer/..?*; do
      if [ -L "$folder" ] || [ ! -d "$folder" ]; then continue; fi
      for entry in "$folder"/* "$folder"/.[!.]* "$folder"/..?*; do
        if [ ! -e "$entry" ] && [ ! -L "$entry" ]; then continue; fi
        place=tree/\${entry##*/}
        if [ -e "$place" ] || [ -L "$place" ]; then fail "without its leading directories, two members are \${entry##*/}"; fi
        mv -- "$entry" "$place" || exit 1
      done
    done
    rm -rf outer
    strip_left=$((strip_left - 1))
  done
}`;

/**
 * `place_tree TARGET MARKER` puts the tree in place. A new directory appears whole. Into one that is there each file and
 * each new directory is renamed, MARKER last: where that is missing, the next run does it all again. Nothing is begun
 * where something of another sort is in the way.
 */
const PLACE_TREE = `each_entry() {
  for entry in "$2"/* "$2"/.[!.]* "$2"/..?*; do
    if [ -e "$entry" ] || [ -L "$entry" ]; then "$1" "$entry" "$3/\${entry##*/}"; fi
  done
}
is_folder() { [ -d "$1" ] && [ ! -L "$1" ]; }
look_at() {
  if [ ! -e "$2" ] && [ ! -L "$2" ]; then return 0; fi
  if is_folder "$1"; then
    is_folder "$2" || fail "$2 is in the way: it is no directory"
    each_entry look_at "$1" "$2"
  elif is_folder "$2"; then
    fail "$2 is in the way: it is a directory"
  fi
}
move_in() {
  if is_folder "$1" && [ -d "$2" ]; then
    each_entry move_in "$1" "$2"
  elif [ -L "$2" ] && [ -d "$2" ]; then
    # Without -T a link to a directory would be entered.
    mv -fT -- "$1" "$2" 2>/dev/null || { rm -f -- "$2" && mv -f -- "$1" "$2"; } || exit 1
  else
    mv -f -- "$1" "$2" || exit 1
  fi
}
place_tree() {
  sync -f tree 2>/dev/null || sync
  if [ ! -d "$1" ]; then mv -- tree "$1" || exit 1; return 0; fi
  each_entry look_at "$staging/tree" "$1"
  mv -- "tree/$2" marker || exit 1
  each_entry move_in "$staging/tree" "$1"
  move_in "$staging/marker" "$1/$2"
}`;

/**
 * Unpacks an archive: `TARGET MARKER STRIP SUM FROM SECONDS MODE OWNER`. MARKER is relative to TARGET; FROM is an absolute
 * path, `url` (fetched from `$url`) or `payload` (printed by that function); SUM, MODE and OWNER may be empty.
 * The staging directory is beside TARGET, or in it where another file system is mounted there.
 */
export const UNPACK = `${STAGING_FUNCTIONS}
${FETCH_FUNCTIONS}
${LIST_MEMBERS}
${READ_ARCHIVE}
${STRIP_TREE}
${CHECK_TREE}
${PLACE_TREE}
target=$1 marker=$2 strip=$3 sum=$4 from=$5 seconds=$6 mode=$7 owner=$8
if [ -L "$target" ] || { [ -e "$target" ] && [ ! -d "$target" ]; }; then fail "$target is not a directory"; fi
above=\${target%/*}/
mkdir -p -- "$above" || exit 1
if [ -d "$target" ] && [ "$(stat -c %d -- "$target")" != "$(stat -c %d -- "$above")" ]; then above=$target; fi
make_staging "$above"
case $from in
  url) fetch_to "$staging/archive" "$seconds" ;;
  payload) payload >"$staging/archive" || fail 'base64 failed' ;;
  # A copy, where there is a sum: what was summed is what is unpacked.
  *) if [ -n "$sum" ]; then cat <"$from" >"$staging/archive"; else ln -s -- "$from" "$staging/archive"; fi || exit 1 ;;
esac
[ -z "$sum" ] || check_sum "$staging/archive" "$sum" 'the archive'
read_archive
strip_tree "$strip"
check_tree
if [ ! -e "tree/$marker" ] && [ ! -L "tree/$marker" ]; then fail "the archive does not bring $marker"; fi
if [ -n "$owner" ]; then chown -Rh -- "$owner" tree || exit 1; fi
chmod "0\${mode:-0755}" tree || exit 1
place_tree "$target" "$marker"`;
