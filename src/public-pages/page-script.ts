import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLASS_PAGES_PATH } from '../common/class-page-address';

const text = readFileSync(join(__dirname, 'page.browser.js'), 'utf8');
const name = `page-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.js`;

/** The script of the public pages, under a name that changes with it, so that browsers may keep it for ever. */
export const PAGE_SCRIPT = { text, name, path: `${CLASS_PAGES_PATH}/${name}` } as const;
