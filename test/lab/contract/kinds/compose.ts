import type { KindContract, OddValueRow } from '../contract.js';

const FOLDER = '/srv/contract-compose';
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

/** A service that ends at once when it is told to. The image is made below: no registry can be reached. */
const service = (value: string, more: readonly string[] = []): string =>
  [
    '    image: tiny:1',
    '    command: [sleep, "100000"]',
    '    stop_grace_period: 0s',
    '    network_mode: none',
  ]
    .concat(`    environment: { VALUE: ${JSON.stringify(value)} }`, ...more.map((line) => `    ${line}`))
    .join('\n');
const services = (entries: Readonly<Record<string, string>>): string =>
  `services:\n${Object.entries(entries)
    .map(([name, text]) => `  ${name}:\n${text}\n`)
    .join('')}`;
const JOB = ['    image: tiny:1', '    command: ["true"]', '    network_mode: none'].join('\n');

/** `NAME STATE VALUE` of every container of a project. */
const containersOf = (project: string): string =>
  `for id in $(docker ps -aq --filter label=com.docker.compose.project=${project}); do
  docker inspect -f '{{.Name}} {{.State.Status}} {{index .Config.Env 0}}' "$id"
done | sort`;

/** Docker in a machine of the lab: cgroups that it may write to, no rules of its own, and a storage that needs no overlay. */
const DOCKER = `export DEBIAN_FRONTEND=noninteractive
for place in $(awk '$3 == "cgroup" && $2 !~ /systemd$/ && $4 ~ /^ro,/ { print $2 }' /proc/mounts); do
  umount -l "$place"; mount -t cgroup -o "rw,\${place##*/}" cgroup "$place"
done
mkdir -p /etc/docker
echo '{"storage-driver":"vfs","iptables":false,"bridge":"none"}' >/etc/docker/daemon.json
apt-get install -yqq --no-install-recommends docker.io busybox-static >/dev/null 2>&1 </dev/null`;

/** Compose 2 is in no Debian 12; the package of the next release is one program without dependencies. */
const COMPOSE = `plugins=/usr/local/lib/docker/cli-plugins
if [ ! -e $plugins/docker-compose ]; then
  work=/root/contract-compose; mkdir -p $work/lists/partial; cd $work
  sed -n 's/ bookworm main/ trixie main/p' /etc/apt/sources.list | head -n 1 >next.list
  from="-o Dir::Etc::SourceList=$work/next.list -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists=$work/lists
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache="
  apt-get $from update -qq >/dev/null 2>&1; apt-get $from download docker-compose >/dev/null 2>&1
  dpkg-deb -x docker-compose_*.deb .; mkdir -p $plugins; cp usr/libexec/docker/cli-plugins/docker-compose $plugins/
  cd /; rm -rf $work
fi`;

const IMAGE = `rm -rf /root/image; mkdir -p /root/image/bin; cp /bin/busybox /root/image/bin/
for program in sh sleep true; do ln -s busybox /root/image/bin/$program; done
tar -C /root/image -c . | docker import - tiny:1 >/dev/null; rm -rf /root/image`;

const upByHand = (project: string, text: string): string => `mkdir -p ${FOLDER}/${project}
cat >${FOLDER}/${project}/compose.yml <<'END'
${text}END
docker compose -f ${FOLDER}/${project}/compose.yml -p ${project} up -d >/dev/null 2>&1`;

const PLAIN = services({ web: service('one'), worker: service('two') });

const contract: KindContract = {
  host: 'dock',
  setUp: [DOCKER, COMPOSE, IMAGE, `rm -rf ${FOLDER}; mkdir ${FOLDER}`].join('\n'),
  tearDown: `for id in $(docker ps -aq); do docker rm -f "$id" >/dev/null; done
docker network prune -f >/dev/null; rm -rf ${FOLDER}`,
  files: {
    'templates/compose.hbs': services({ web: service('{{value}}', ['env_file: [more.env]']), job: JOB }),
  },
  rows: [
    {
      name: 'two services',
      params: { path: `${FOLDER}/plain`, content: PLAIN, pull: 'never' },
      holds: {
        shell: `${containersOf('plain')}; cat ${FOLDER}/plain/compose.yml`,
        prints: `/plain-web-1 running VALUE=one\n/plain-worker-1 running VALUE=two\n${PLAIN}`,
      },
      damages: [
        { by: 'docker stop plain-web-1 >/dev/null', fields: ['container.plain-web-1'] },
        {
          by: `docker rm -f plain-web-1 >/dev/null; docker pause plain-worker-1 >/dev/null`,
          fields: ['container.plain-web-1', 'container.plain-worker-1'],
        },
        {
          by: upByHand(
            'plain',
            services({ web: service('by hand'), worker: service('two'), other: service('x') }),
          ),
          fields: ['content'],
        },
        {
          by: `cd ${FOLDER}/plain; cp compose.yml kept; ${upByHand(
            'plain',
            services({ web: service('by hand'), worker: service('two'), other: service('x') }),
          )}
mv ${FOLDER}/plain/kept ${FOLDER}/plain/compose.yml`,
          fields: ['container.plain-web-1', 'surplus.plain-other-1'],
        },
        {
          by: `docker rm -f plain-web-1 plain-worker-1 >/dev/null; rm -r ${FOLDER}/plain`,
          fields: ['content', 'state'],
        },
      ],
      undo: {
        params: { path: `${FOLDER}/plain`, state: 'absent' },
        holds: { shell: `${containersOf('plain')}; test ! -e ${FOLDER}/plain/compose.yml`, prints: '' },
      },
    },
    {
      name: 'a template, a job that ends, a name and a mode',
      given: `mkdir ${FOLDER}/templated; echo MORE=1 >${FOLDER}/templated/more.env`,
      params: {
        path: `${FOLDER}/templated`,
        template: 'compose.hbs',
        vars: { value: 'three' },
        project: 'named',
        jobs: ['job'],
        mode: '0600',
        owner: 'root',
        group: 'root',
        sensitive: true,
      },
      holds: {
        shell: `docker inspect -f '{{.State.Status}}' named-web-1; docker inspect -f '{{range .Config.Env}}{{.}} {{end}}' named-web-1 | tr ' ' '\\n' | grep -E 'MORE|VALUE' | sort
docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' named-job-1; stat -c '%a %U' ${FOLDER}/templated/compose.yml`,
        prints: 'running\nMORE=1\nVALUE=three\nexited 0\n600 root\n',
      },
      damages: [
        { by: `chmod 0644 ${FOLDER}/templated/compose.yml`, fields: ['mode'] },
        // What Compose's own sums do not see.
        {
          by: `cd ${FOLDER}/templated; echo MORE=2 >more.env; docker compose -p named up -d >/dev/null 2>&1; echo MORE=1 >more.env`,
          fields: ['container.named-web-1'],
        },
      ],
      undo: {
        params: { path: `${FOLDER}/templated`, project: 'named', state: 'absent' },
        holds: { shell: containersOf('named'), prints: '' },
      },
    },
    {
      name: 'with files of its own, one of which a service mounts',
      given: `mkdir -p ${FOLDER}/filed; echo theirs >${FOLDER}/filed/kept`,
      params: {
        path: `${FOLDER}/filed`,
        content: services({
          web: service('five', ['volumes: ["./conf/page:/page:ro"]']),
          idle: service('six'),
        }),
        files: [
          { path: 'conf/page', content: 'hello\n' },
          { path: '.env', content: 'A=1\n', mode: '0600' },
        ],
        pull: 'never',
      },
      holds: {
        shell: `docker exec filed-web-1 busybox cat /page; cd ${FOLDER}/filed; stat -c '%n %a' conf/page .env; cat kept`,
        prints: 'hello\nconf/page 644\n.env 600\ntheirs\n',
      },
      damages: [
        { by: `echo bye >${FOLDER}/filed/conf/page`, fields: ['file.conf/page'] },
        {
          by: `chmod 0644 ${FOLDER}/filed/.env; docker stop filed-web-1 >/dev/null`,
          fields: ['container.filed-web-1', 'mode..env'],
        },
        { by: `rm -r ${FOLDER}/filed/conf`, fields: ['file.conf/page', 'mode.conf/page'] },
      ],
      undo: {
        params: { path: `${FOLDER}/filed`, state: 'absent' },
        holds: { shell: `${containersOf('filed')}; ls -A ${FOLDER}/filed`, prints: 'kept\n' },
      },
    },
    {
      name: 'stopped',
      given: upByHand('halted', services({ web: service('four') })),
      params: { path: `${FOLDER}/halted`, content: services({ web: service('four') }), state: 'stopped' },
      holds: { shell: containersOf('halted'), prints: '/halted-web-1 exited VALUE=four\n' },
      damages: [
        { by: 'docker start halted-web-1 >/dev/null', fields: ['container.halted-web-1'] },
        {
          by: 'docker start halted-web-1 >/dev/null; docker pause halted-web-1 >/dev/null',
          fields: ['container.halted-web-1'],
        },
      ],
      undo: {
        params: { path: `${FOLDER}/halted`, state: 'absent' },
        holds: { shell: containersOf('halted'), prints: '' },
      },
    },
  ],
  oddValues: [
    {
      name: 'odd-value',
      path: `${FOLDER}/value`,
      value: `it's "q" \\ $$HOME $$(id) \`id\` * ünï ☂ -n`,
      comment: '',
    },
    { name: 'odd-path', path: `${FOLDER}/it's *?[a]{b}$(id) ünï`, value: 'x', comment: '' },
    { name: 'odd-dash', path: `${FOLDER}/-rf`, value: 'x', comment: '' },
    {
      name: 'odd-length',
      path: `${FOLDER}/long`,
      value: 'x',
      comment: '# a line of a long file\n'.repeat(45_000),
    },
  ].map(({ name, path, value, comment }): OddValueRow => {
    const content = services({ web: service(value) }) + comment;
    return {
      name,
      params: { path, content, project: name },
      holds: {
        shell: `docker inspect -f '{{.State.Status}} {{index .Config.Env 0}}' ${name}-web-1; cat ${quoted(`${path}/compose.yml`)}`,
        prints: `running VALUE=${value.replaceAll('$$', '$')}\n${content}`,
      },
    };
  }),
  interruption: {
    from: `docker compose -p interrupted down -t 0 >/dev/null 2>&1
${upByHand('interrupted', services({ web: service('old'), worker: service('old') }))}`,
    params: {
      path: `${FOLDER}/interrupted`,
      content: services({ web: service('new'), worker: service('new') }),
    },
    observe: [
      `cat ${FOLDER}/interrupted/compose.yml`,
      `docker inspect -f '{{.State.Status}} {{index .Config.Env 0}}' interrupted-web-1`,
      `docker inspect -f '{{.State.Status}} {{index .Config.Env 0}}' interrupted-worker-1`,
      `find ${FOLDER} -name '.homelab*'`,
    ],
  },
};

export default contract;
