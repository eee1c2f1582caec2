import { type RefObject, useEffect, useRef } from 'react';

/** Gives the focus back to where it was before, once what took it has gone and it is nowhere. */
export function useFocusBack(): void {
  const before = useRef(document.activeElement);
  useEffect(
    () => () => {
      if (document.activeElement === document.body && before.current instanceof HTMLElement) before.current.focus();
    },
    [],
  );
}

/** An element, and what follows it beside it. */
interface Step {
  element: HTMLElement;
  next: Element | null;
}

const CAN_ACT = 'button, a[href], input, select, textarea';

/**
 * Keeps the focus in an element where the button that had it is no more, or cannot be used for now, because it has done its work: it goes to what
 * stands around or behind it, never to another button, so that a key that is pressed twice does nothing else.
 */
export function useKeptFocus(around: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { current } = around;
    if (!current) return undefined;
    let way: Step[] = [];
    const note = ({ type, target }: Event): void => {
      if (!(target instanceof HTMLElement) || !current.contains(target)) way = [];
      else if (type === 'focusin') way = wayTo(current, target);
    };
    const look = (): void => {
      const last = way[0]?.element;
      if (!last || (last.isConnected && !last.matches(':disabled'))) return;
      const { activeElement } = document;
      if (activeElement === document.body || activeElement === last) focusOn(stayOf(way) ?? current);
    };
    const observer = new MutationObserver(look);
    observer.observe(current, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
    document.addEventListener('focusin', note);
    document.addEventListener('pointerdown', note);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', note);
      document.removeEventListener('pointerdown', note);
    };
  }, [around]);
}

function wayTo(outermost: HTMLElement, from: HTMLElement): Step[] {
  const way: Step[] = [];
  for (let element: HTMLElement | null = from; element && element !== outermost; element = element.parentElement)
    way.push({ element, next: element.nextElementSibling });
  return way;
}

/** What is left of the way that stands nearest to its beginning. */
function stayOf(way: readonly Step[]): HTMLElement | undefined {
  return way
    .flatMap(({ element, next }) => [element, next])
    .find((one): one is HTMLElement => one instanceof HTMLElement && one.isConnected && !one.matches(CAN_ACT));
}

function focusOn(element: HTMLElement): void {
  if (!element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
