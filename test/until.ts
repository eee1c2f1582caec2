const MOST_MILLISECONDS = 60_000;

/** Looks until something is so that nobody tells, whatever the date says. @throws where it never is */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (!(await isSo())) {
    if (performance.now() - from > MOST_MILLISECONDS) throw new Error(`never so: ${isSo.toString()}`);
    await new Promise((go) => setTimeout(go, 5));
  }
}
