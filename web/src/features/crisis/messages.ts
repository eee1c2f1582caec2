import english from '../../messages/en/crisis.json';
import french from '../../messages/fr/crisis.json';
import { addMessages } from '../../shared/i18n';

addMessages('crisis', { fr: french, en: english });
