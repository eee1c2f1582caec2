import { TextInput, type TextInputProps } from '@mantine/core';
import { formatCivil } from './format';

interface DateFieldProps extends Omit<TextInputProps, 'type' | 'value' | 'onChange' | 'description'> {
  /** With an hour too. */
  hasTime?: boolean;
  /** `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM`. */
  value: string;
  onChange: (value: string) => void;
}

/**
 * A date of the browser's own, with its picker and its keys, which shows it in the browser's order of day and month whatever the language
 * of the page: so it is said again in words below.
 */
export function DateField({ hasTime = false, value, onChange, ...input }: DateFieldProps) {
  return (
    <TextInput
      type={hasTime ? 'datetime-local' : 'date'}
      {...(hasTime && { step: 300 })}
      {...input}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      description={value === '' ? undefined : formatCivil(value)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  );
}
