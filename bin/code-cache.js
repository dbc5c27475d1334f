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
 * `import` does. What they require of each other is found by its path alone: Node would look for each where it is not,
 * which takes as long as compiling it. `onCompiled(name, script)` is told of each.
 */
function useCodeCache(folder, onCompiled) {
  const prefix = folder + sep;
  const cachedCode = readCodeCache(folder);
  const requireOther = Module.createRequire(join(folder, 'core', 'main.js'));
  /** Modules below `folder` by path, those that Node loads itself among them. */
  const loaded = new Map();

  const run = (module, source, filename) => {
    loaded.set(filename, module);
    const name = filename.slice(prefix.length);
    const script = new Script(Module.wrap(source), { filename, cachedData: cachedCode(name) });
    onCompiled?.(name, script);
    const folderOf = dirname(filename);
    const load = (id) => {
      if (id.startsWith('./') || id.startsWith('../')) return loadBelow(join(folderOf, id));
      if (!id.startsWith('file:')) return requireOther(id);
      const path = fileURLToPath(id);
      return path.startsWith(prefix) ? loadBelow(path) : requireOther(path);
    };
    Object.assign(load, requireOther);
    const body = script.runInThisContext();
    return Reflect.apply(body, module.exports, [module.exports, load, module, filename, folderOf]);
  };

  const loadBelow = (path) => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {}, id: path, filename: path, children: [], paths: [] };
    try {
      run(module, readFileSync(path, 'utf8'), path);
    } catch (thrown) {
      loaded.delete(path);
      throw thrown;
    }
    return module.exports;
  };

  // The one place where Node turns the text of a CommonJS module into code; undocumented, and used by such caches for years.
  /* oxlint-disable no-underscore-dangle */
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (source, filename) {
    if (!filename.startsWith(prefix)) return Reflect.apply(compile, this, arguments);
    return run(this, source, filename);
  };
}

module.exports = { HEADER_BYTES, useCodeCache };
