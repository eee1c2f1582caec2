import { readFileSync } from 'node:fs';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe-core finds wrong with a page, a line each: the rule, and the first place where it is broken. The dark theme differs in its
 * colours alone. Of what is made alike in the same place, the rows of a table and the starts of a day, the first two are looked at,
 * unless the `whole` page is asked for: the others take two thirds of the time.
 */
export async function violationsOf(
  page: Page,
  theme: 'light' | 'dark',
  part: 'whole' | 'two of a kind' = 'two of a kind',
): Promise<string[]> {
  // evaluated by the debugger, which no content security policy concerns
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  const exclude = await page.evaluateHandle(part === 'whole' ? (): Element[] => [] : repeatedElements);
  const results = await page.evaluate(
    ({ runOnly, exclude: without }) =>
      (window as unknown as { axe: typeof axe }).axe.run(
        { exclude: without },
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
      exclude,
    },
  );
  await exclude.dispose();
  return results.violations.map(
    ({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]!.html.slice(0, 160)} ${nodes[0]!.any[0]?.message ?? ''}`,
  );
}

/**
 * Elements below which everything is made as below two others that come before them in the same place: the same tags, attributes and
 * places of text, whatever the words and the numbers are. Runs in the page.
 */
function repeatedElements(): Element[] {
  const most = 2;
  // of these it matters whether they say anything
  const worded =
    /^(id|href|for|name|value|title|alt|src|d|points|transform|datetime|aria-(label|labelledby|describedby|controls|owns))$/;
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
  const saidBy = ({ name, value }: Attr): string => {
    if (worded.test(name)) return String(value !== '');
    return name === 'style' && !/colou?r|background/.test(value) ? value.replace(/[\d.]+/g, '') : value;
  };
  const headOf = (element: Element): string =>
    element.tagName + [...element.attributes].map((one) => `${one.name}=${saidBy(one)}`).join();
  const shapes = new Map<Element, number>();
  const shapeOf = (element: Element): number => {
    const below = [...element.childNodes].map((node) => {
      if (node instanceof Element) return shapeOf(node);
      return node instanceof Text && node.data.trim() !== '' ? 'text' : '';
    });
    const shape = numberOf(`${headOf(element)}(${below.join()})`);
    shapes.set(element, shape);
    return shape;
  };
  shapeOf(document.body);

  const counts = new Map<string, number>();
  const repeated: Element[] = [];
  const descend = (element: Element, place: number): void => {
    for (const child of element.children) {
      const key = `${place} ${shapes.get(child)}`;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      if (count < most) descend(child, numberOf(`${place}>${headOf(child)}`));
      else repeated.push(child);
    }
  };
  descend(document.body, 0);
  return repeated;
}
