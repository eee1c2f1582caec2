import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { foreground, prepare, root } from './prepare.mjs';

// the channel tells the server when this process is killed, so that nothing is left running behind it
const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
// how Node runs the service: benchmarks start it in the same way
const nodeOptions = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).config.nodeOptions.split(' ');
const say = (line) => console.error(line);

await prepare({ say });
const isWatching = process.argv.includes('--watch');
let server = foreground(join(root, 'dist/src/main.js'), [], stdio, nodeOptions);

if (!isWatching) {
  process.exitCode = await server.ended;
} else {
  let isStale = false;
  let wake = () => undefined;
  for (const folder of ['src', 'migrations', 'web']) {
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (!/\.(tsx?|css|html|json)$/.test(name ?? '') || /\.spec\.ts$|\.generated\./.test(name)) return;
      isStale = true;
      wake('changed');
    });
  }
  for (;;) {
    const changed = new Promise((done) => (wake = done));
    if (!isStale && (await Promise.race([changed, server.ended])) !== 'changed') break;
    isStale = false;
    say('The sources have changed: building and starting again...');
    server.child.kill('SIGTERM');
    await server.ended;
    await prepare({ say });
    server = foreground(join(root, 'dist/src/main.js'), [], stdio, nodeOptions);
  }
  process.exit(await server.ended);
}
