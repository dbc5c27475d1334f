// Runs the built homelab and writes, when it ends, the code of each file it loaded into the folder $HOMELAB_RECORD_CODE.
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { useCodeCache } = require('../bin/code-cache.js');

const root = join(__dirname, '..');
const dist = join(root, 'dist');
const target = process.env.HOMELAB_RECORD_CODE;
const scripts = new Map();
useCodeCache(dist, (name, script) => scripts.set(name, script));
process.on('exit', () => {
  for (const [name, script] of scripts) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    writeFileSync(join(target, name), script.createCachedData());
  }
});
void require(join(dist, 'commands', 'shared', 'main.js')).execute({ loadOptions: { root } });
