const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Of the real clock: Jest's own reading of it would be of the one that a test has made to stand still in this very realm. */
const getRealSystemTime = Date.now;

const propertiesOfGlobal = () =>
  new Map(Reflect.ownKeys(globalThis).map((key) => [key, Object.getOwnPropertyDescriptor(globalThis, key)]));

/**
 * Tests run in the realm of their process, as the product does. In the sandbox that Jest makes for each file every name of the
 * language is looked up at each use (the kernel's loops took up to four times as long), and no module can serve two files.
 * What a file changes on the global object is put back after it.
 */
module.exports = class PlainEnvironment {
  constructor({ projectConfig: config }) {
    this.found = propertiesOfGlobal();
    this.exit = process.exit;
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    const timerConfig = { idToRef: (timer) => timer, refToId: (timer) => timer };
    this.fakeTimers = new LegacyFakeTimers({
      config,
      global: globalThis,
      moduleMocker: this.moduleMocker,
      timerConfig,
    });
    this.fakeTimersModern = Object.assign(new ModernFakeTimers({ config, global: globalThis }), { getRealSystemTime });
  }

  async setup() {}

  async teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    process.exit = this.exit;
    for (const [key, { configurable }] of propertiesOfGlobal()) {
      const found = this.found.get(key);
      if (!configurable) continue;
      if (found) Object.defineProperty(globalThis, key, found);
      // Jest keeps the state of a file under symbols; by a name libraries keep there what they know of classes, for all files
      else if (typeof key === 'symbol') delete globalThis[key];
    }
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** Asked by Jest whether there is still somewhere to run; the runtime compiles everything for this realm. */
  getVmContext() {
    return globalThis;
  }
};
