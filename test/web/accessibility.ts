import { readFileSync } from 'node:fs';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe-core finds wrong with a page, a line each: the rule, and the first place where it is broken. The dark theme differs in its colours alone. */
export async function violationsOf(page: Page, theme: 'light' | 'dark'): Promise<string[]> {
  // evaluated by the debugger, which no content security policy concerns
  await page.evaluate(SOURCE);
  const results = await page.evaluate(
    (runOnly) => (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly, resultTypes: ['violations'] }),
    theme === 'light' ? { type: 'tag' as const, values: RULES } : { type: 'rule' as const, values: ['color-contrast'] },
  );
  return results.violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]!.html.slice(0, 160)} ${nodes[0]!.any[0]?.message ?? ''}`); // prettier-ignore
}
