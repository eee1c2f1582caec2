// Lets plain Node run the TypeScript sources: threads and child processes that tests start get it by NODE_OPTIONS, because
// jest compiles only what it loads itself.
const Module = require('node:module');

const options = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
};
Module._extensions['.ts'] = (module, file) => {
  // loaded with the first source only: every process of a test run has this file, few need the compiler
  const { transformFileSync } = require('@swc/core');
  module._compile(transformFileSync(file, options).code, file);
};
