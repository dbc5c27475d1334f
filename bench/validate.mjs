#!/usr/bin/env node
// How long `homelab validate` takes for a generated project of 100 hosts and 100 items, as a ratio to `node -e 0`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOSTS = 100;
const ITEMS = 100;
const ROUNDS = 7;
const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));

const hostText = (index) =>
  `  host${index}: { address: 10.${index}.0.1, ${index === 0 ? '' : 'via: host0, '}groups: [${index % 2 === 0 ? 'even' : 'odd'}, all_of_them], vars: { number: ${index}, home: '/srv/{{host.name}}' } }\n`;

/** One item of each of ten sorts in turn. */
const SORTS = [
  (n) => `package: { names: [htop, 'tool${n}', '{{vars.editor}}'] }`,
  (n) =>
    `file: { path: '/etc/app/${n}.conf', content: "name={{host.name}}\\nport={{vars.port}}\\n", mode: '0644' }`,
  (n) => `template: { path: '{{vars.home}}/${n}.conf', template: app.hbs, vars: { title: 'No ${n}' } }`,
  (n) => `directory: { path: '{{vars.home}}/data${n}', mode: '0750', owner: '{{vars.owner}}' }`,
  (n) => `line: { path: /etc/hosts.conf, line: 'key${n} {{vars.number}}' }`,
  (n) => `setting: { path: /etc/app.ini, section: 's${n}', key: port, value: '{{vars.port}}' }`,
  (n) => `user: { name: 'user${n}', shell: /bin/sh, groups: [sudo] }`,
  (n) => `service: { name: 'app${n}', state: running, enabled: true }`,
  (n) => `cron: { name: 'job${n}', schedule: '0 3 * * *', command: 'backup {{vars.home}}' }`,
  (n) => `command: { argv: [make, 'target${n}', '{{facts.os.name}}'], creates: '/var/lib/made${n}' }`,
];

function itemText(index) {
  const extras = [
    index % 4 === 0 ? `      when: { os_family: debian, group: even }\n` : '',
    index % 5 === 0 ? `      tags: [base]\n      on_change: [restart app]\n` : '',
  ];
  return `    - name: Item ${index} of {{host.name}}\n      ${SORTS[index % SORTS.length](index)}\n${extras.join('')}`;
}

const numbers = (count) => Array.from({ length: count }, (_, index) => index);

function makeProject() {
  const folder = mkdtempSync(join(tmpdir(), 'homelab-validate-'));
  const files = {
    'inventory/hosts.yml':
      `vars: { editor: vim, port: 8080, owner: root, url: 'http://{{host.name}}:{{vars.port}}/' }\n` +
      `groups: { even: { vars: { port: 8081 } }, odd: {}, all_of_them: {} }\nhosts:\n${numbers(HOSTS).map(hostText).join('')}`,
    'inventory/group_vars/odd.yml': 'editor: nano\n',
    'playbooks/site.yml':
      `- name: Everything\n  hosts: all\n  tasks:\n${numbers(ITEMS).map(itemText).join('')}` +
      `  actions:\n    restart app: { service: { name: app, restart: true } }\n`,
    'templates/app.hbs':
      '# {{title}} of {{host.name}}, {{facts.os.name}}\n{{#each groups.even}}server {{name}} {{address}}\n{{/each}}url {{vars.url}}\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function timeMs(args, cwd) {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed:\n${stderr}`);
  return performance.now() - startMs;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const folder = makeProject();
try {
  const floor = [];
  const whole = [];
  // In turn, so that what else the machine does is in both.
  for (let round = 0; round < ROUNDS; round++) {
    floor.push(timeMs(['-e', '0'], folder));
    whole.push(timeMs([program, 'validate', '--quiet'], folder));
  }
  const [one, other] = [median(floor), median(whole)];
  process.stdout.write(
    `${HOSTS} hosts, ${ITEMS} items, median of ${ROUNDS}\n` +
      `node -e 0          ${one.toFixed(0)} ms\n` +
      `homelab validate   ${other.toFixed(0)} ms, ${(other / one).toFixed(1)} times that\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
