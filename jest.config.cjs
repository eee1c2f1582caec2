const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

// Jest cannot require(esm) before Node 24.9, so swc compiles every installed ESM package to CommonJS,
// and with them the CommonJS packages that call import().
const importers = ['@fastify/cookie'];
function esmPackages(directory, found = new Set(importers)) {
  for (const name of fs.existsSync(directory) ? fs.readdirSync(directory) : []) {
    if (name.startsWith('.')) continue;
    const folder = path.join(directory, name);
    if (name.startsWith('@')) {
      esmPackages(folder, found);
      continue;
    }
    let manifest;
    try {
      manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    } catch {
      continue;
    }
    if (manifest.type === 'module' || (manifest.exports && !manifest.main)) found.add(manifest.name);
    esmPackages(path.join(folder, 'node_modules'), found);
  }
  return found;
}
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const esm = [...esmPackages(path.join(__dirname, 'node_modules'))].map(escape).join('|');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/bench'],
  testRegex: '\\.spec\\.ts$',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {
    '^.+\\.(t|j|mj|cj)s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esm})/)`],
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
  // jest looks a name of the language up in its sandbox at each use: the kernel's loops took nearly four times as long for these two
  sandboxInjectedGlobals: ['Math', 'Infinity'],
  testTimeout: 180_000,
  // on two cores jest alone would take one: a test waits for its database or its server half of the time
  maxWorkers: Math.max(2, os.availableParallelism() - 1),
  // what earlier files leave behind slows the later ones down: the storm that ran last took several times as long as alone
  workerIdleMemoryLimit: '1GB',
};
