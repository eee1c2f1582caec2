import type { KeyboardEvent } from 'react';

const TOWARDS: Record<string, [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};
const CAN_BE_REACHED = 'button:not(:disabled), a[href], [tabindex="0"]';
/** What lies aside is that much farther than what lies ahead. */
const ASIDE = 4;

/** In a list, a table or a calendar an arrow goes to the nearest button that lies there; for `onKeyDown` of what is around them. */
export function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const towards = TOWARDS[event.key];
  const from = event.target as HTMLElement;
  if (!towards || from === event.currentTarget || !from.matches(CAN_BE_REACHED)) return;
  event.preventDefault();
  const [x, y] = middleOf(from);
  const near = [...event.currentTarget.querySelectorAll<HTMLElement>(CAN_BE_REACHED)].map((element) => {
    const [right, down] = [middleOf(element)[0] - x, middleOf(element)[1] - y];
    const ahead = right * towards[0] + down * towards[1];
    return { element, ahead, distance: ahead + ASIDE * Math.abs(right * towards[1] + down * towards[0]) };
  });
  const [nearest] = near.filter(({ ahead }) => ahead > 1).toSorted((a, b) => a.distance - b.distance);
  nearest?.element.focus();
}

function middleOf(element: HTMLElement): [number, number] {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}
