/** A benchmark takes its command line and returns what it measured, with units in the names. */
export type Benchmark = (args: string[]) => Promise<Record<string, unknown>>;

/** The value after `--name`, or the default. */
export function option(args: readonly string[], name: string, otherwise: string): string {
  const at = args.indexOf(`--${name}`);
  return at >= 0 && args[at + 1] !== undefined ? args[at + 1]! : otherwise;
}
