const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

const root = path.resolve(__dirname, '..');
const KEPT = ['node_modules', 'src', 'migrations', 'bench'].map((name) => path.join(root, name) + path.sep);
const isKept = (file) => KEPT.some((folder) => file.startsWith(folder)) && !file.endsWith('.spec.ts');

/** The source map of each kept source that was loaded for an earlier file or by the global setup. */
const keptMaps = new Map();
/** The runtime of the file that runs: it compiles what is loaded for the first time. */
let current;

Module._extensions['.ts'] = (module, file) => module._compile(current.transformCache.transform(file), file);

/**
 * Test files and what lies beside them are Jest's to load, for each file anew. The product and its libraries are loaded by Node
 * itself, ES modules too, and once for all files of a process: the four seconds that each file took to load them again were a
 * sixth of the whole run. The product holds no state outside of the application that a test starts, only memories of what never changes.
 */
class KeptRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    current = this;
    this.mapKept();
    this.executor.compile = (source, filename) =>
      vm.compileFunction(source, this.executor.injectedModuleParameters, {
        filename,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
  }

  /** Lets stacks name the lines of sources that this file does not compile itself. */
  mapKept() {
    const maps = this.getSourceMaps();
    for (const file of Object.keys(require.cache).filter((name) => name.endsWith('.ts'))) {
      if (!keptMaps.has(file)) {
        this.transformCache.transform(file);
        keptMaps.set(file, maps.get(file));
      }
      maps.set(file, keptMaps.get(file));
    }
  }

  requireModuleOrMock(from, moduleName) {
    const load = Module.createRequire(from);
    if (Module.isBuiltin(moduleName)) return load(moduleName);
    if (moduleName === '@jest/globals') return super.requireModuleOrMock(from, moduleName);
    const file = this._resolution.resolveCjs(from, moduleName);
    return isKept(file) ? load(file) : super.requireModuleOrMock(from, moduleName);
  }
}

// Jest takes the class from the default export of an ES module
exports.__esModule = true;
exports.default = KeptRuntime;
