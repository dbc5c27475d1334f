import { quote } from '../../core/quote.js';
import type { RemoteShell } from '../../core/shell.js';
import { ATTEMPT } from '../../probes/readiness.js';
import type { Obstacle } from '../systems/upgrade-system.js';

/** A registry that has not answered until then does not. */
const LIMIT_SECONDS = 20;
/** Programs at the same time: each loads all of docker's client. */
const AT_ONCE = 4;

/** An image that running containers were made of, by the name that it was asked for with. */
interface UsedImage {
  readonly name: string;
  /** Of Docker Compose, sorted. */
  readonly projects: readonly string[];
}

/**
 * Lines `c PROJECT NAME ID` for running containers of Compose, `i ID COUNT` for their images: how many digests of registries
 * each has. Fields are parted by tabs.
 */
const LIST = `command -v docker >/dev/null 2>&1 || exit 0
containers=$(timeout 20 docker ps -q --filter label=com.docker.compose.project 2>/dev/null) || exit 0
[ -n "$containers" ] || exit 0
docker inspect --format '${['c', '{{index .Config.Labels "com.docker.compose.project"}}', '{{.Config.Image}}', '{{.Image}}'].join('\t')}' $containers
docker image inspect --format '${['i', '{{.Id}}', '{{len .RepoDigests}}'].join('\t')}' $(docker inspect --format '{{.Image}}' $containers | sort -u)
true`;

/**
 * Asks the registry of the image `$1` for it, with what is there: the first two only read. A registry without TLS is asked
 * so only where it says that it has none; whether an image may be pulled so is the daemon's business.
 */
const ASK = `ask() {
  if docker manifest --help >/dev/null 2>&1; then
    said=$(attempt ${LIMIT_SECONDS} docker manifest inspect "$1" 2>&1 >/dev/null)
    code=$?
    case $said in
      *'HTTP response to HTTPS client'*)
        said=$(attempt ${LIMIT_SECONDS} docker manifest inspect --insecure "$1" 2>&1 >/dev/null)
        code=$?
        ;;
    esac
  elif docker buildx imagetools --help >/dev/null 2>&1; then
    said=$(attempt ${LIMIT_SECONDS} docker buildx imagetools inspect "$1" 2>&1 >/dev/null)
    code=$?
  else
    said=$(attempt ${LIMIT_SECONDS} docker pull -q "$1" 2>&1 >/dev/null)
    code=$?
  fi
  printf '%s\\0%s\\0%s\\0' "$1" "$code" "$(printf '%s\\n' "$said" | tail -n 3 | head -c 500)"
}`;

/**
 * What keeps a host from being drained as it could not pull the images of its Compose projects again: a login that has expired,
 * an image that is gone, a registry that does not answer. Images that come from no registry are passed over. Changes nothing
 * where the client can ask without pulling.
 */
export async function pullProblems(shell: RemoteShell): Promise<readonly Obstacle[]> {
  const [list] = await shell.run([{ script: LIST }]);
  const images = usedImages(list?.stdout.toString('utf8') ?? '');
  if (images.length === 0) return [];
  const asks = images.map(({ name }, index) => {
    const isLast = (index + 1) % AT_ONCE === 0;
    return `ask ${quote(name)} </dev/null &${isLast ? '\nwait' : ''}`;
  });
  // Each answer is one write of a line or two: they do not mix.
  const [answer] = await shell.run([{ script: [ATTEMPT, ASK, ...asks, 'wait'].join('\n') }]);
  const fields = (answer?.stdout.toString('utf8') ?? '').split('\0');
  return images.flatMap((image) => {
    const at = fields.findIndex((field, index) => index % 3 === 0 && field === image.name);
    const code = at === -1 ? undefined : fields[at + 1];
    return code === '0' ? [] : [problem(image, at === -1 ? '' : (fields[at + 2] ?? ''), code)];
  });
}

function usedImages(listed: string): UsedImage[] {
  const lines = listed.split('\n').map((line) => line.split('\t'));
  const ofRegistries = new Set(
    lines.flatMap(([sort, id = '', count]) => (sort === 'i' && Number(count) > 0 ? [id] : [])),
  );
  const found = new Map<string, Set<string>>();
  for (const [sort, project = '', name = '', id = ''] of lines) {
    if (sort !== 'c' || !ofRegistries.has(id) || !isName(name)) continue;
    found.set(name, (found.get(name) ?? new Set()).add(project));
  }
  return [...found].map(([name, projects]) => ({ name, projects: [...projects].toSorted() }));
}

/** A container may be of a bare digest, which no registry can be asked for. */
function isName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,499}$/.test(name) && !/^(?:sha256:)?[0-9a-f]{64}$/.test(name);
}

function problem({ name, projects }: UsedImage, said: string, code: string | undefined): Obstacle {
  const whose = `${name} of ${projects.join(', ')}`;
  const words = said.replaceAll(/\s+/g, ' ').trim();
  const why = words === '' ? '' : `: ${words}`;
  if (/denied|unauthorized|authentication required|no basic auth|expired|forbidden/i.test(said))
    return {
      message: `the registry does not let this host pull ${whose}${why}`,
      hint: 'Log in again there as root (`docker login`), with a token that has not expired.',
    };
  if (/manifest unknown|no such manifest|not found|name unknown/i.test(said))
    return {
      message: `the registry no longer has ${whose}${why}`,
      hint: 'Name an image that is there in the project, or push this one again.',
    };
  const isLate = code === '137' && words === '';
  return {
    message: `it cannot be told whether this host could pull ${whose}${isLate ? `: no answer within ${LIMIT_SECONDS} s` : why}`,
    hint: 'Is the registry there, and does the host reach it?',
  };
}
