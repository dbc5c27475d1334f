import type { Step } from '../../core/step.js';
import { composeFileWords } from '../../probes/compose-projects.js';
import { LIST } from './compose-files.js';
import type { ComposeParams } from './compose-params.js';
import { scriptStep } from './script-step.js';

/**
 * Takes the project down as Compose does, by its file; then what Compose left or could not read the file of, by label.
 * The file goes last: it is what a run that was killed goes by. Volumes stay: they are data.
 */
const TAKE_DOWN = `folder=$1 file=$1/compose.yml label=label=com.docker.compose.project=$2
shift 2
if [ $# -gt 0 ] && [ -f "$file" ]; then "$@" down --remove-orphans; fi
if command -v docker >/dev/null 2>&1; then
  for id in $(docker ps -aq --filter "$label"); do docker stop "$id" >/dev/null; docker rm -f "$id" >/dev/null || exit 1; done
  for id in $(docker network ls -q --filter "$label"); do docker network rm "$id" >/dev/null || exit 1; done
fi
remove_ours() {
  real=$(cd -P -- "$folder" && pwd -P) || return
  while IFS= read -r line; do
    name=\${line#*  }
    case /$name/ in *//* | */./* | */../*) continue ;; esac
    below=
    case $name in */*) below=/\${name%/*} ;; esac
    [ "$(cd -P -- "$folder$below" 2>/dev/null && pwd -P)" = "$real$below" ] || continue
    rm -f -- "$folder/$name"
    while case $name in */*) true ;; *) false ;; esac; do
      name=\${name%/*}
      rmdir -- "$folder/$name" 2>/dev/null || break
    done
  done <"$folder/${LIST}"
}
if [ -f "$folder/${LIST}" ]; then remove_ours; fi
rm -f -- "$folder/${LIST}" "$file"`;

/** The step that takes a project down; `program`: Compose, empty where there is none. */
export function takeDown({ path, project }: ComposeParams, program: readonly string[]): Step {
  const compose = program.length === 0 ? [] : [...program, ...composeFileWords(path, project)];
  return scriptStep({ words: [path, project, ...compose], script: TAKE_DOWN });
}
