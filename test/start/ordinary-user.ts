import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export const NOBODY = 65_534;
export const isRoot = process.getuid?.() === 0;
/** Before a command that root gives: runs it as a user without any rights. */
export const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] as const;

const main = resolve(__dirname, '../../dist/src/main.js');
const reading = [process.execPath, '-e', `require('fs').readFileSync(${JSON.stringify(main)})`];
/** The other user must be able to read this project, which is not so in a folder of root's own. */
export const canBeNobody = isRoot && spawnSync(asNobody[0], [...asNobody.slice(1), ...reading]).status === 0;
