import { DomainError } from '../common/domain-error';

export class CalendarRangeError extends DomainError {
  constructor(message: string) {
    super('calendar.range_invalid', 'invalid', message);
  }
}

export class CalendarExceptionError extends DomainError {
  constructor(message: string) {
    super('calendar.exception_invalid', 'invalid', message);
  }
}

/** The file as a whole cannot be read: nothing of it was taken. */
export class HolidayFileError extends DomainError {
  constructor(message: string) {
    super('calendar.holiday_file_refused', 'unprocessable', message);
  }
}
