import type { Demonstration } from './demonstration';

/**
 * What a first visitor may open, in French and in English; `url` is where the server listens, `gatewayKeyFile` holds the key of
 * the demonstration's gateway, where it has one.
 */
export function whereToLook(
  url: string,
  { exampleUai, planId, startsOn }: Demonstration,
  gatewayKeyFile: string | undefined,
): string {
  const addresses = {
    web: url,
    signIn: `${url}/sign-in`,
    families: `${url}/creneaux`,
    forecast: `${url}/prevision`,
    docs: `${url}/docs`,
    windows: `${url}/v1/establishments/${exampleUai}/windows?from=${startsOn}`,
    load: `${url}/v1/plans/${planId}/load?date=${startsOn}`,
    certificate: `${url}/v1/plans/${planId}/certificate`,
    agent: `npm run agent -- --url ${url} --key-file ${gatewayKeyFile}`,
  };
  return `
Étale est prêt : une région fictive, son plan d'une semaine est calculé, vérifié et publié.
  Pages, pour tout le monde        ${addresses.web}
  Se connecter, un compte par rôle ${addresses.signIn}
  Familles : créneaux d'une classe ${addresses.families}
  Prévision d'affluence            ${addresses.forecast}
  Documentation de l'API           ${addresses.docs}
  Créneaux d'un établissement      ${addresses.windows}
  Courbe de charge (connecté)      ${addresses.load}
  Certificat du plan (connecté)    ${addresses.certificate}${gatewayKeyFile ? `\n  Passerelle, dans un autre terminal ${addresses.agent}` : ''}
  Ctrl-C arrête tout ; les données restent pour la prochaine fois.

Étale is ready: a region that does not exist, its plan of a week computed, checked and published.
  Pages, for everybody             ${addresses.web}
  Sign in, an account of each role ${addresses.signIn}
  Families: windows of a class     ${addresses.families}
  Traffic forecast                 ${addresses.forecast}
  API and explorer                 ${addresses.docs}
  Windows of an establishment      ${addresses.windows}
  Load curve (signed in)           ${addresses.load}
  Certificate (signed in)          ${addresses.certificate}${gatewayKeyFile ? `\n  Gateway, in another terminal     ${addresses.agent}` : ''}
  Ctrl-C stops everything; the data stay for the next time.
`;
}
