import { readFileSync } from 'node:fs';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Rows of long tables that are made like those before them: they take two thirds of the time on a week of many classes. */
const MORE_ROWS = 'tbody tr:nth-child(n + 9)';

/**
 * What axe-core finds wrong with a page, a line each: the rule, and the first place where it is broken. The dark theme differs in its
 * colours alone. Of long tables the first rows, unless the `whole` page is asked for.
 */
export async function violationsOf(
  page: Page,
  theme: 'light' | 'dark',
  part: 'whole' | 'first rows' = 'first rows',
): Promise<string[]> {
  // evaluated by the debugger, which no content security policy concerns
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  const results = await page.evaluate(
    ({ runOnly, exclude }) =>
      (window as unknown as { axe: typeof axe }).axe.run(
        { exclude },
        {
          runOnly,
          resultTypes: ['violations'],
          // what is right is not written down, and style sheets and films are not fetched again: no page plays anything by itself
          reporter: 'no-passes',
          preload: false,
        },
      ),
    {
      runOnly:
        theme === 'light'
          ? { type: 'tag' as const, values: RULES }
          : { type: 'rule' as const, values: ['color-contrast'] },
      exclude: part === 'whole' ? [] : [MORE_ROWS],
    },
  );
  return results.violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]!.html.slice(0, 160)} ${nodes[0]!.any[0]?.message ?? ''}`); // prettier-ignore
}
