import english from '../../messages/en/head.json';
import french from '../../messages/fr/head.json';
import { addMessages } from '../../shared/i18n';

addMessages('head', { fr: french, en: english });
