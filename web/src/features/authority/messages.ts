import english from '../../messages/en/authority.json';
import french from '../../messages/fr/authority.json';
import { addMessages } from '../../shared/i18n';

addMessages('authority', { fr: french, en: english });
