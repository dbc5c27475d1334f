/**
 * Shell text that keeps what is at paths in the folder `$trial`, and puts it back. `keep PATH` keeps what is there, or that
 * nothing is; what it has of a path already stays. `put_back` is 1 where something could not be put back; then `$trial`
 * has it still. A link is kept as a link. A path holds no newline.
 */
export const KEPT = `keep() {
  if [ -e "$trial/was$1" ] || [ -L "$trial/was$1" ] || [ -e "$trial/none$1" ]; then return 0; fi
  folder=\${1%/*}
  while [ ! -d "$folder" ]; do printf '%s\\n' "$folder" >>"$trial/folders"; folder=\${folder%/*}; done
  if [ -e "$1" ] || [ -L "$1" ]; then mkdir -p "$trial/was\${1%/*}" && cp -P -p -- "$1" "$trial/was$1"
  else mkdir -p "$trial/none\${1%/*}" && : >"$trial/none$1"; fi
}
put_one_back() {
  place=\${1%/*}/.homelab.back
  rm -f -- "$place"
  if cp -P -p -- "$trial/was$1" "$place" 2>/dev/null && mv -f -- "$place" "$1"; then return 0; fi
  # On a full disk the new file has to give its room first.
  rm -f -- "$place" "$1"
  cp -P -p -- "$trial/was$1" "$1"
}
put_back() {
  is_back=0
  if [ -d "$trial/none" ]; then
    ( cd "$trial/none" && find . -type f ) | while IFS= read -r path; do rm -f -- "\${path#.}"; done
  fi
  if [ -d "$trial/was" ]; then
    ( cd "$trial/was" && find . ! -type d ) | {
      missing=0
      while IFS= read -r path; do put_one_back "\${path#.}" || missing=1; done
      exit "$missing"
    } || is_back=1
  fi
  if [ -e "$trial/folders" ]; then
    while IFS= read -r path; do rmdir -- "$path" 2>/dev/null; done <"$trial/folders"
  fi
  sync
  return "$is_back"
}`;
