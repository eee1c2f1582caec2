import { DomainError } from '../common/domain-error';

const MOST_NAMED = 10;

/** Nothing says which establishments are meant; all of the country would be a surprise. */
export class AssignmentEmptyError extends DomainError {
  constructor() {
    super(
      'assignment.empty',
      'invalid',
      'Say which establishments: territoryCodes, kinds or uais; where several are given, all of them must hold.',
    );
  }
}

/** Well-formed UAIs that no file has brought. */
export class EstablishmentsUnknownError extends DomainError {
  constructor(uais: readonly string[]) {
    super(
      'assignment.uai_unknown',
      'unprocessable',
      `${uais.length === 1 ? 'No establishment has' : 'No establishments have'} the UAI ${uais.slice(0, MOST_NAMED).join(', ')}` +
        `${uais.length > MOST_NAMED ? ` and ${uais.length - MOST_NAMED} others` : ''}: import the directory first, or leave them out.`,
      { uais: uais.slice(0, MOST_NAMED), unknownCount: uais.length },
    );
  }
}
