/** The value under which a percentage of the values lies, to the hundredth. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return rounded(sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN);
}

export const rounded = (value: number): number => Math.round(value * 100) / 100;
