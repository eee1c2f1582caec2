import { prepare } from './prepare.mjs';

await prepare({ say: (line) => console.error(line) });
