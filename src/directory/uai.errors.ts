import { DomainError } from '../common/domain-error';
import { readUai, uaiProblemText } from './uai.rules';

/** A text that cannot be a UAI; says the right letter where only that is wrong. */
export class UaiError extends DomainError {
  constructor(reading: Exclude<ReturnType<typeof readUai>, { uai: string }>) {
    super(
      `directory.${reading.problem}`,
      'invalid',
      uaiProblemText(reading),
      'expected' in reading ? { expected: reading.expected } : {},
    );
  }
}

/** The UAI as it is stored. Throws UaiError. */
export function checkedUai(text: string): string {
  const reading = readUai(text);
  if (reading.uai === undefined) throw new UaiError(reading);
  return reading.uai;
}
