import english from '../../messages/en/operator.json';
import french from '../../messages/fr/operator.json';
import { addMessages } from '../../shared/i18n';

addMessages('operator', { fr: french, en: english });
