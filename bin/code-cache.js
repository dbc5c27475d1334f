'use strict';
// Starting homelab is mostly V8 reading source text. The build keeps what V8 made of it, as one file beside the bundle;
// where that was made by another Node, V8 refuses it and reads the text as ever.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join, sep } = require('node:path');
const { fileURLToPath } = require('node:url');
const { Script } = require('node:vm');

/** Of the file: index length (4 bytes, little-endian), index as JSON (name to [offset, length]), compiled code. */
const HEADER_BYTES = 4;

/** The kept code by the name of its file in `folder`; empty where none was kept. */
function readCodeCache(folder) {
  try {
    const bytes = readFileSync(join(folder, 'code-cache.bin'));
    const start = HEADER_BYTES + bytes.readUInt32LE(0);
    const index = JSON.parse(bytes.toString('utf8', HEADER_BYTES, start));
    return (name) => {
      const place = index[name];
      return place && bytes.subarray(start + place[0], start + place[0] + place[1]);
    };
  } catch {
    return () => undefined;
  }
}

/**
 * From now on modules below `folder` are compiled from the kept code, and `require` there takes file URLs as well, as
 * `import` does. `onCompiled(name, script)` is told of each.
 */
function useCodeCache(folder, onCompiled) {
  const prefix = folder + sep;
  const cachedCode = readCodeCache(folder);
  // The one place where Node turns the text of a CommonJS module into code; undocumented, and used by such caches for years.
  /* oxlint-disable no-underscore-dangle */
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (source, filename) {
    if (!filename.startsWith(prefix)) return Reflect.apply(compile, this, arguments);
    const name = filename.slice(prefix.length);
    const script = new Script(Module.wrap(source), { filename, cachedData: cachedCode(name) });
    onCompiled?.(name, script);
    const load = (id) => this.require(id.startsWith('file:') ? fileURLToPath(id) : id);
    Object.assign(load, Module.createRequire(filename));
    const run = script.runInThisContext();
    return Reflect.apply(run, this.exports, [this.exports, load, this, filename, dirname(filename)]);
  };
}

module.exports = { HEADER_BYTES, useCodeCache };
