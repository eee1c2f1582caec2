/**
 * The one scale of load, in calendar, heat map, map and curves: from pale to dark, dark is full. Five steps of a blue that stays apart in
 * every kind of colour blindness; a word goes with each.
 */
export const LOAD_STEPS = [
  { from: 0, light: '#eef3fb', dark: '#22304a', word: 'calm' },
  { from: 0.4, light: '#c6d8f2', dark: '#2f4a78', word: 'moderate' },
  { from: 0.7, light: '#8fb1e3', dark: '#4470b3', word: 'busy' },
  { from: 0.9, light: '#4a76bd', dark: '#7ea6e2', word: 'tight' },
  { from: 0.995, light: '#17356e', dark: '#d5e4fb', word: 'full' },
] as const;

/** The step of a load as a share of its limit. */
export function loadStepOf(ratio: number): number {
  let step = 0;
  while (step + 1 < LOAD_STEPS.length && ratio >= LOAD_STEPS[step + 1]!.from) step++;
  return step;
}

/** One line for each figure, the same in every chart: colour in light and dark, and a dash so that colour is not alone. */
export const LINES = {
  planned: { light: '#1f4fa8', dark: '#8fb4f2', type: 'solid', width: 2.5 },
  observed: { light: '#0b7a75', dark: '#5fd3cb', type: 'solid', width: 2 },
  simulated: { light: '#7a3e9d', dark: '#c99be4', type: 'dashed', width: 2 },
  background: { light: '#6b7688', dark: '#98a5ba', type: 'dotted', width: 1.5 },
  limit: { light: '#b35900', dark: '#f0a35c', type: 'dashed', width: 1.5 },
  capacity: { light: '#222b3a', dark: '#e3e9f3', type: 'solid', width: 1.5 },
  compared: { light: '#00677a', dark: '#7fd8ea', type: [8, 3, 2, 3], width: 2 },
  ofTerritory: { light: '#5b6fa8', dark: '#9db0e6', type: 'solid', width: 1.5 },
  everybodyAtWish: { light: '#a3173e', dark: '#f28ba6', type: 'dotted', width: 2 },
  letterByLevel: { light: '#8a6d00', dark: '#dcc25a', type: 'dashed', width: 2 },
} as const;

export type LineName = keyof typeof LINES;
