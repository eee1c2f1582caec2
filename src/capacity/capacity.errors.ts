import { DomainError } from '../common/domain-error';

export class CapacityInputError extends DomainError {
  constructor(message: string) {
    super('capacity.input_invalid', 'invalid', message);
  }
}

export class CapacityStepExistsError extends DomainError {
  constructor(startsAt: Date) {
    super(
      'capacity.step_exists',
      'conflict',
      `A capacity step begins at ${startsAt.toISOString()} already: delete it first, or state another instant.`,
    );
  }
}

export class PlatformExistsError extends DomainError {
  constructor(code: string) {
    super('platform.exists', 'conflict', `There is a platform with the code ${JSON.stringify(code)} already.`);
  }
}

/** A regulation that a protection step made goes with it. */
export class RegulationOfStep extends DomainError {
  constructor(stepId: number) {
    super(
      'capacity.regulation_of_step',
      'conflict',
      `Protection step ${stepId} cuts the capacity by it: take back the step, the regulation goes with it.`,
      { stepId },
    );
  }
}
