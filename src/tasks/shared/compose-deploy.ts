import { bodyBytes, type Body } from '../../core/content.js';
import { printfWord, quote, quoteAll } from '../../core/quote.js';
import { Secret } from '../../core/secret.js';
import type { RunStep } from '../../core/step.js';
import { LIST, listText, type ProjectFile } from './compose-files.js';
import { newFileMode } from './managed-file.js';
import { scriptStep } from './script-step.js';
import { STAGING_FUNCTIONS } from './staging.js';

/** A project of Compose whose files change together. */
export interface Deployment {
  readonly path: string;
  readonly project: string;
  /** `compose.yml` and all others, wanted ones. Names are relative. */
  readonly composeFile: ProjectFile;
  readonly files: readonly ProjectFile[];
  readonly owner: string;
  readonly group: string;
  /** Names of those that are to be put in place. */
  readonly changed: ReadonlySet<string>;
  /** Names of those whose containers have to start anew: they changed now, or before a run that was cut off. */
  readonly unknown: readonly string[];
  /** Names of those that go. */
  readonly orphans: readonly string[];
  readonly isOld: boolean;
  /** Shell text that runs once the files are in place, with the function `compose`; fails where it fails. */
  readonly start: string;
}

/**
 * The step that lays all files into a private folder, has Compose read them there, puts those that changed in place, and
 * starts what they are for. Where Compose cannot read them nothing has changed.
 */
export function deployStep(deployment: Deployment): RunStep {
  const { path, project, composeFile, files } = deployment;
  const all = [...files, composeFile];
  const text = deployScript(deployment, all);
  const isSecret = all.some(({ content }) => content instanceof Secret);
  return scriptStep({
    words: [path, project],
    ...(isSecret ? { secretly: `whole() {\n${text}\n}`, script: 'whole "$@"' } : { script: text }),
  });
}

function bodyFunction(body: Body, index: number): string {
  return `body_${index}() { printf ${printfWord(bodyBytes(body))}; }`;
}

/** Shell text \`lines NAME…\`: each as a line. */
const lines = (names: readonly string[]): string =>
  names.length === 0 ? ':' : `printf '%s\\n' ${quoteAll(names)}`;

function deployScript(deployment: Deployment, all: readonly ProjectFile[]): string {
  const { owner, group, changed, unknown, orphans, isOld, files, start } = deployment;
  const program = isOld ? 'docker-compose' : 'docker compose';
  const owned = `${owner}:${group}`;
  const puts = all.map(
    (file, index) =>
      `put ${quoteAll([file.path, file.mode ?? newFileMode(file.content), owned])} body_${index}`,
  );
  const placed = all.filter((file) => changed.has(file.path)).map((file) => file.path);
  const pending = placed.filter((name) => name !== 'compose.yml').map((name) => `pending  ${name}`);
  return `${STAGING_FUNCTIONS}
${FUNCTIONS}
${all.map(({ content }, index) => bodyFunction(content, index)).join('\n')}
path=$1 project=$2
umask 022
mkdir -p -- "$path" && real=$(cd -P -- "$path" && pwd -P) && make_staging "$path" && mkdir "$staging/new" || exit 1
compose() { ${program} -f "$path/compose.yml" --project-directory "$path" -p "$project" "$@"; }
{ ${lines(orphans)}; } >"$staging/orphans"
{ ${lines(unknown)}; } >"$staging/unknown"
{ ${puts.join(' && ')}; } || exit 1
link_rest "$path" "$staging/new" ''
${program} -f "$staging/new/compose.yml" --project-directory "$staging/new" -p "$project" config -q || exit 1
{ cat -- "$path/${LIST}" 2>/dev/null; ${lines(pending)}; } >"$staging/list"
put_list "$staging/list" || exit 1
mounting >"$staging/mounting"
${placed.map((name) => `place ${quote(name)} || exit 1`).join('\n')}
{
${start}
} || exit 1
restart_mounting || exit 1
remove_orphans || exit 1
printf ${printfWord(Buffer.from(listText(files)))} >"$staging/list"
put_list "$staging/list"`;
}

/**
 * \`inside FOLDER\`: the folder is where its name says, not behind a link that a container made. \`link_rest\` lays links to
 * whatever else is there beside the new files. \`mounting\`: running containers with one of the files in \`unknown\`; Docker
 * mounts a single file as it was when the container started, and most programs read theirs once.
 */
const FUNCTIONS = `put() {
  case $1 in */*) mkdir -p -- "$staging/new/\${1%/*}" || return 1 ;; esac
  "$4" >"$staging/new/$1" && chmod "$2" "$staging/new/$1" || return 1
  [ "$3" = : ] || chown -- "$3" "$staging/new/$1"
}
put_list() { chmod 0600 "$1" && { sync "$1" 2>/dev/null || sync; } && mv -f -- "$1" "$path/${LIST}"; }
inside() {
  case $1 in */*) [ "$(cd -P -- "$path/\${1%/*}" && pwd -P)" = "$real/\${1%/*}" ] ;; esac || {
    printf '%s\\n' "the folder of $1 leads out of $path" >&2
    return 1
  }
}
place() {
  case $1 in */*) mkdir -p -- "$path/\${1%/*}" || return 1 ;; esac
  inside "$1" || return 1
  if [ -d "$path/$1" ] && [ ! -L "$path/$1" ]; then
    # Docker makes a folder of a file that is to be mounted and is missing.
    rmdir -- "$path/$1" || return 1
  fi
  { sync "$staging/new/$1" 2>/dev/null || sync; } && mv -f -- "$staging/new/$1" "$path/$1"
}
link_rest() {
  while IFS= read -r orphan; do
    case $orphan in */*) mkdir -p -- "$staging/new/\${orphan%/*}" ;; esac
  done <"$staging/orphans"
  link_below "$1" "$2" "$3"
}
link_below() {
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$entry" ] || continue
    case $entry in "$path"/.homelab*) continue ;; esac
    if grep -qxF -e "$3\${entry##*/}" "$staging/orphans"; then continue; fi
    if [ -d "$2/\${entry##*/}" ]; then link_below "$entry" "$2/\${entry##*/}" "$3\${entry##*/}/"
    elif [ ! -e "$2/\${entry##*/}" ]; then ln -s -- "$entry" "$2/\${entry##*/}"; fi
  done
}
mounts_unknown() {
  docker inspect -f '{{range .Mounts}}{{if eq .Type "bind"}}{{println .Source}}{{end}}{{end}}' "$1" | while IFS= read -r source; do
    [ -n "$source" ] || continue
    while IFS= read -r name; do
      case $path/$name in "$source" | "$source"/*) echo yes; break 2 ;; esac
    done <"$staging/unknown"
  done
}
mounting() {
  for id in $(docker ps -q --filter "label=com.docker.compose.project=$project"); do
    if [ -n "$(mounts_unknown "$id")" ]; then printf '%s\\n' "$id"; fi
  done
}
restart_mounting() {
  running=" $(docker ps -q | tr '\\n' ' ')"
  while IFS= read -r id; do
    case $running in *" $id "*) docker restart "$id" </dev/null >/dev/null || return 1 ;; esac
  done <"$staging/mounting"
}
remove_orphans() {
  while IFS= read -r name; do
    if [ ! -e "$path/$name" ] && [ ! -L "$path/$name" ]; then continue; fi
    inside "$name" && rm -f -- "$path/$name" || return 1
    while case $name in */*) true ;; *) false ;; esac; do
      name=\${name%/*}
      rmdir -- "$path/$name" 2>/dev/null || break
    done
  done <"$staging/orphans"
}`;
