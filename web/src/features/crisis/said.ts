import type { Schema } from '../../shared/api';
import { currentLanguage } from '../../shared/i18n';

/** A text of two languages in the reader's. */
export const said = (words: Schema<'WordsDto'>): string => words[currentLanguage() === 'en' ? 'en' : 'fr'];
