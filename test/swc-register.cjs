// Lets plain Node run the TypeScript sources: threads and child processes that tests start get it by NODE_OPTIONS, because
// jest compiles only what it loads itself.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { threadId } = require('node:worker_threads');

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
/** Where the threads and processes of one run leave to each other what they have compiled: each would compile the whole kernel again. */
const folder = process.env.TEST_COMPILED_FOLDER;

function compiled(file) {
  const { mtimeMs } = fs.statSync(file);
  const name = createHash('sha256').update(`${file} ${mtimeMs}`).digest('hex');
  const kept = folder && path.join(folder, name);
  try {
    if (kept) return fs.readFileSync(kept, 'utf8');
  } catch {
    // the first to ask
  }
  // loaded with the first source only: every process of a test run has this file, few need the compiler
  const { transformFileSync } = require('@swc/core');
  const { code } = transformFileSync(file, options);
  if (kept) {
    const whole = `${kept}.${process.pid}.${threadId}`;
    fs.writeFileSync(whole, code);
    // who reads meanwhile finds all of it or nothing
    fs.renameSync(whole, kept);
  }
  return code;
}

Module._extensions['.ts'] = (module, file) => module._compile(compiled(file), file);
