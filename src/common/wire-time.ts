import { registerDecorator } from 'class-validator';
import { DateTime } from 'luxon';

const INSTANT = /^(19|20|21)\d{2}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const CIVIL_DATE = /^(19|20|21)\d{2}-\d{2}-\d{2}$/;

/** A crowd asks for the same instants; reading one takes longer than looking it up. NaN where the text names none. */
const millisecondsOf = new Map<string, number>();
const MOST_REMEMBERED = 5000;

/** An instant of the wire, or undefined: ISO 8601 with `Z` or an offset; a civil time alone does not name an instant. */
export function instantOf(text: string): Date | undefined {
  if (!INSTANT.test(text)) return undefined;
  let known = millisecondsOf.get(text);
  if (known === undefined) {
    const instant = DateTime.fromISO(text);
    known = instant.isValid ? instant.toMillis() : NaN;
    if (millisecondsOf.size >= MOST_REMEMBERED) millisecondsOf.clear();
    millisecondsOf.set(text, known);
  }
  return Number.isNaN(known) ? undefined : new Date(known);
}

/** Whether the text is a date of the calendar, `2026-11-23`. */
export function isCivilDate(text: string): boolean {
  return CIVIL_DATE.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

function textRule(
  name: string,
  accepts: (text: string) => boolean,
  sentence: string,
  { each = false } = {},
): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: property as string,
      options: { each },
      validator: {
        validate: (value) => typeof value === 'string' && accepts(value),
        defaultMessage: () => `${each ? `each of ${String(property)}` : String(property)} must be ${sentence}`,
      },
    });
}

/** A field that must be an instant with its offset. */
export const IsInstant = (): PropertyDecorator =>
  textRule(
    'isInstant',
    (text) => instantOf(text) !== undefined,
    'an instant with its offset, such as 2026-11-23T08:00:00+01:00 or 2026-11-23T07:00:00Z (a civil time without offset is not an instant)',
  );

/** A field that must be a civil date, or a list of them. */
export const IsCivilDate = (options: { each?: boolean } = {}): PropertyDecorator =>
  textRule('isCivilDate', isCivilDate, 'a date of the calendar, such as 2026-11-23', options);
