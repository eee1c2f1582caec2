import english from '../../messages/en/wishes.json';
import french from '../../messages/fr/wishes.json';
import { addMessages } from '../../shared/i18n';

addMessages('wishes', { fr: french, en: english });
