import type { Actor, KeyScope, Role } from './actor';

/**
 * How far a role reaches with an operation:
 * `all`; `own`: the establishments that it answers for; `published`: everything of plans that are no drafts; `-`: not at all.
 */
export type Reach = 'all' | 'own' | 'published' | '-';

/**
 * Where the guard finds what a request is about, for those who do not reach everything: a path parameter that names an
 * establishment, a class or a plan. `service`: the service looks at the body, or narrows its rows in SQL, with the actor's scope.
 */
export type Target = `${'establishment' | 'class' | 'plan' | 'window'}:${string}` | 'service';

export interface AccessRule {
  readonly reach: Readonly<Record<Exclude<Role, 'machine'>, Reach>>;
  /** The scopes of keys that open the operation to a machine. */
  readonly keys: readonly KeyScope[];
  readonly target: Target | undefined;
}

function rule(
  visitor: Reach,
  head: Reach,
  inspector: Reach,
  authority: Reach,
  auditor: Reach,
  operator: Reach,
  keys: readonly KeyScope[] = [],
  target?: Target,
): AccessRule {
  return Object.freeze({ reach: { visitor, head, inspector, authority, auditor, operator }, keys, target });
}

/** Who may do what: a line for each operation of the OpenAPI file; one without a line is refused to everybody and fails the check. */
export const ACCESS_RULES: Readonly<Record<string, AccessRule>> = {
  // oxfmt-ignore
  ...{
  // operation                        visitor  head         inspector    authority    auditor  operator keys                   target
  isLive:                        rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows', 'gateway', 'metrics']),
  isReady:                       rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows', 'gateway', 'metrics']),
  readMetrics:                   rule('-',     '-',         '-',         '-',         'all',   'all',   ['metrics']),

  // signing in, and the keys of machines
  beginSignIn:                   rule('all',   'all',       'all',       'all',       'all',   'all'),
  finishSignIn:                  rule('all',   'all',       'all',       'all',       'all',   'all'),
  readSession:                   rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows', 'gateway', 'metrics'], 'service'),
  endSession:                    rule('all',   'all',       'all',       'all',       'all',   'all',   [],                    'service'),
  listKeys:                      rule('-',     '-',         '-',         '-',         'all',   'all'),
  makeKey:                       rule('-',     '-',         '-',         '-',         '-',     'all'),
  rotateKey:                     rule('-',     '-',         '-',         '-',         '-',     'all'),
  revokeKey:                     rule('-',     '-',         '-',         '-',         '-',     'all'),

  // deputies of a head
  listDelegations:               rule('-',     'own',       'own',       '-',         'all',   'all',   [],                    'establishment:uai'),
  createDelegation:              rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'establishment:uai'),
  revokeDelegation:              rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'establishment:uai'),

  // who did what
  listAudit:                     rule('-',     '-',         '-',         '-',         'all',   'all'),

  // what families need, and what the ministry publishes itself
  listTerritories:               rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows']),
  listEstablishments:            rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows']),
  getEstablishment:              rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows']),
  listClasses:                   rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows']),
  listEstablishmentWindows:      rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows']),
  listClassWindows:              rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows']),
  findWindows:                   rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows']),
  listHolidays:                  rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows']),
  showFamilyPage:                rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows', 'gateway', 'metrics']),
  showForecastPage:              rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows', 'gateway', 'metrics']),
  readForecast:                  rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows']),
  readPageScript:                rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows', 'gateway', 'metrics']),
  readClassCalendar:             rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows']),
  getRosterTemplate:             rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster']),

  // facts
  listCalendarExceptions:        rule('-',     'all',       'all',       'all',       'all',   'all',   ['windows']),
  importHolidays:                rule('-',     '-',         '-',         '-',         '-',     'all'),
  createCalendarException:       rule('-',     '-',         '-',         '-',         '-',     'all'),
  deleteCalendarException:       rule('-',     '-',         '-',         '-',         '-',     'all'),
  assignEstablishments:          rule('-',     '-',         '-',         '-',         '-',     'all'),
  importFile:                    rule('-',     '-',         '-',         '-',         '-',     'all',   ['roster']),
  importRoster:                  rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'establishment:uai'),
  setWindowLimit:                rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'establishment:uai'),
  listImports:                   rule('-',     '-',         '-',         '-',         'all',   'all',   ['roster']),
  getImport:                     rule('-',     '-',         '-',         '-',         'all',   'all',   ['roster']),
  listImportLines:               rule('-',     '-',         '-',         '-',         'all',   'all',   ['roster']),
  findJob:                       rule('-',     '-',         '-',         'all',       'all',   'all'),
  followJob:                     rule('-',     '-',         '-',         'all',       'all',   'all'),
  cancelJob:                     rule('-',     '-',         '-',         '-',         '-',     'all'),

  // platforms and their capacity
  listPlatforms:                 rule('-',     'all',       'all',       'all',       'all',   'all',   ['windows', 'gateway']),
  readPlatform:                  rule('-',     'all',       'all',       'all',       'all',   'all',   ['windows', 'gateway']),
  createPlatform:                rule('-',     '-',         '-',         '-',         '-',     'all'),
  readCapacity:                  rule('-',     '-',         '-',         'all',       'all',   'all',   ['windows']),
  listCapacitySteps:             rule('-',     '-',         '-',         'all',       'all',   'all'),
  addCapacityStep:               rule('-',     '-',         '-',         '-',         '-',     'all'),
  deleteCapacityStep:            rule('-',     '-',         '-',         '-',         '-',     'all'),
  listRegulations:               rule('-',     '-',         '-',         'all',       'all',   'all'),
  addRegulation:                 rule('-',     '-',         '-',         '-',         '-',     'all'),
  deleteRegulation:              rule('-',     '-',         '-',         '-',         '-',     'all'),
  stateBackground:               rule('-',     '-',         '-',         '-',         '-',     'all'),

  // campaigns, their wishes and allocations
  listCampaigns:                 rule('-',     'all',       'all',       'all',       'all',   'all',   ['windows']),
  listCampaignPresets:           rule('-',     'all',       'all',       'all',       'all',   'all'),
  readCampaign:                  rule('-',     'all',       'all',       'all',       'all',   'all',   ['windows']),
  createCampaign:                rule('-',     '-',         '-',         '-',         '-',     'all'),
  deleteCampaign:                rule('-',     '-',         '-',         '-',         '-',     'all'),
  readApprovals:                 rule('-',     '-',         '-',         'all',       'all',   'all'),
  // an authority decides for the territories that it answers for
  decideCampaign:                rule('-',     '-',         '-',         'all',       '-',     '-'),
  countConcerned:                rule('-',     '-',         '-',         'all',       'all',   'all'),
  previewConcerned:              rule('-',     '-',         '-',         'all',       'all',   'all'),
  listWishes:                    rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'class:classId'),
  replaceWishes:                 rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'class:classId'),
  readEstablishmentWishes:       rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'establishment:uai'),
  replaceEstablishmentWishes:    rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'establishment:uai'),
  readWishPeriod:                rule('-',     'all',       'all',       'all',       'all',   'all'),
  setWishPeriod:                 rule('-',     '-',         '-',         '-',         '-',     'all'),
  listFixedWindows:              rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'service'),
  decideFixedWindow:             rule('-',     '-',         '-',         'own',       '-',     'all',   [],                    'service'),
  copyWishes:                    rule('-',     'own',       '-',         'own',       '-',     'all',   [],                    'service'),

  // a plan shown to heads as a proposal; a link carries its own right
  openProposal:                  rule('-',     '-',         '-',         '-',         '-',     'all'),
  readProposal:                  rule('-',     'all',       'all',       'all',       'all',   'all'),
  readEstablishmentProposal:     rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'establishment:uai'),
  giveAnswer:                    rule('-',     'own',       'own',       'own',       '-',     'all',   [],                    'establishment:uai'),
  listAnswers:                   rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'service'),
  countAnswers:                  rule('-',     '-',         'own',       'own',       'all',   'all',   [],                    'service'),
  listEstablishmentAnswers:      rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'service'),
  createAnswerLinks:             rule('-',     'own',       '-',         'own',       '-',     'all',   [],                    'service'),
  listAnswerLinks:               rule('-',     'own',       '-',         'own',       'all',   'all',   [],                    'service'),
  revokeAnswerLink:              rule('-',     'own',       '-',         'own',       '-',     'all',   [],                    'service'),
  showAnswerPage:                rule('all',   'all',       'all',       'all',       'all',   'all'),
  answerByLink:                  rule('all',   'all',       'all',       'all',       '-',     'all'),
  requestAllocation:             rule('-',     '-',         '-',         '-',         '-',     'all'),
  listAllocations:               rule('-',     '-',         '-',         'all',       'all',   'all'),

  // plans: aggregates of the whole platform
  listPlans:                     rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'service'),
  readPlan:                      rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  readCertificate:               rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  readLoadCurve:                 rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  readBaselines:                 rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  readLoadParameters:            rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  readProof:                     rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  listProofs:                    rule('-',     '-',         '-',         'all',       'all',   'all',   ['windows']),
  readPrices:                    rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  readCase:                      rule('-',     '-',         '-',         '-',         'all',   'all',   ['windows'],           'plan:id'),
  readFairness:                  rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  readShortfall:                 rule('-',     '-',         '-',         'all',       'all',   'all'),
  comparePlans:                  rule('-',     '-',         '-',         'all',       'all',   'all'),
  deleteDraft:                   rule('-',     '-',         '-',         '-',         '-',     'all'),
  publishPlan:                   rule('-',     '-',         '-',         '-',         '-',     'all'),
  rollBackPlan:                  rule('-',     '-',         '-',         '-',         '-',     'all'),

  // plans: what names establishments
  listEstablishmentLoads:        rule('-',     'own',       'own',       'own',       'all',   'all',   ['windows'],           'service'),
  listPlanWindows:               rule('-',     'own',       'own',       'own',       'all',   'all',   ['windows'],           'service'),
  listPlanChanges:               rule('-',     'published', 'published', 'all',       'all',   'all',   ['windows'],           'plan:id'),
  listUnplaced:                  rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'service'),
  listWindowChanges:             rule('-',     '-',         '-',         'own',       'all',   'all',   [],                    'service'),
  explainWindow:                 rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'window:windowId'),

  // feeds, exports and notices
  readFeed:                      rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows']),
  createClassFeed:               rule('-',     'own',       '-',         '-',         '-',     'all',   [],                    'class:id'),
  replaceClassFeed:              rule('-',     'own',       '-',         '-',         '-',     'all',   [],                    'class:id'),
  deleteClassFeed:               rule('-',     'own',       '-',         '-',         '-',     'all',   [],                    'class:id'),
  createEstablishmentFeed:       rule('-',     'own',       '-',         '-',         '-',     'all',   [],                    'establishment:uai'),
  replaceEstablishmentFeed:      rule('-',     'own',       '-',         '-',         '-',     'all',   [],                    'establishment:uai'),
  deleteEstablishmentFeed:       rule('-',     'own',       '-',         '-',         '-',     'all',   [],                    'establishment:uai'),
  readEstablishmentWeek:         rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows']),
  readClassWeek:                 rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows']),
  listNotices:                   rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'establishment:uai'),
  acknowledgeNotices:            rule('-',     'own',       '-',         '-',         '-',     'all',   [],                    'establishment:uai'),

  // gateways: what agents read and report, how they behave, what they counted; the ENT's own quota is held to networks
  listVerificationKeys:          rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows', 'gateway', 'metrics']),
  readBundle:                    rule('-',     '-',         '-',         '-',         '-',     '-',     ['gateway']),
  listDeltas:                    rule('-',     '-',         '-',         '-',         '-',     '-',     ['gateway']),
  streamDeltas:                  rule('-',     '-',         '-',         '-',         '-',     '-',     ['gateway']),
  listPassKeys:                  rule('-',     '-',         '-',         '-',         '-',     '-',     ['gateway']),
  reportStatus:                  rule('-',     '-',         '-',         '-',         '-',     '-',     ['gateway']),
  reportCounts:                  rule('-',     '-',         '-',         '-',         '-',     '-',     ['gateway']),
  listClassLinks:                rule('-',     'own',       '-',         '-',         '-',     'all',   [],                    'establishment:uai'),
  listGateways:                  rule('-',     '-',         '-',         'all',       'all',   'all',   ['gateway'],           'service'),
  readObserved:                  rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'service'),
  streamObserved:                rule('-',     '-',         '-',         'all',       'all',   'all'),
  readGatewaySettings:           rule('-',     '-',         '-',         'all',       'all',   'all'),
  setGatewaySettings:            rule('-',     '-',         '-',         '-',         '-',     'all'),
  beginEpoch:                    rule('-',     '-',         '-',         '-',         '-',     'all'),
  rotatePassKey:                 rule('-',     '-',         '-',         '-',         '-',     'all'),
  rotateSigningKey:              rule('-',     '-',         '-',         '-',         '-',     'all'),
  readSessionLimits:             rule('all',   'all',       'all',       'all',       'all',   'all',   ['roster', 'windows', 'gateway', 'metrics']),

  // storms simulated beforehand
  requestSimulation:             rule('-',     '-',         '-',         'all',       '-',     'all'),
  readSimulation:                rule('-',     '-',         '-',         'all',       'all',   'all'),

  // the load model, proposed anew from what was counted
  calibrate:                     rule('-',     '-',         '-',         '-',         '-',     'all'),
  listCalibrations:              rule('-',     '-',         '-',         'all',       'all',   'all'),
  readCalibration:               rule('-',     '-',         '-',         'all',       'all',   'all'),

  // the bad morning: everybody may know what is in force, two people decide
  readProtection:                rule('all',   'all',       'all',       'all',       'all',   'all',   ['windows', 'gateway', 'metrics']),
  readLadder:                    rule('-',     '-',         '-',         'all',       'all',   'all'),
  setLadder:                     rule('-',     '-',         '-',         '-',         '-',     'all'),
  approveLadder:                 rule('-',     '-',         '-',         'all',       '-',     'all'),
  simulateLadder:                rule('-',     '-',         '-',         'all',       '-',     'all'),
  simulateProtectionStep:        rule('-',     '-',         '-',         'all',       '-',     'all'),
  listProtectionSteps:           rule('-',     '-',         '-',         'all',       'all',   'all'),
  enforceProtectionStep:         rule('-',     '-',         '-',         'all',       '-',     'all'),
  approveProtectionStep:         rule('-',     '-',         '-',         'all',       '-',     'all'),
  reportMeasurements:            rule('-',     '-',         '-',         '-',         '-',     'all',   ['gateway', 'metrics'], 'service'),
  readMeasurements:              rule('-',     '-',         '-',         'all',       'all',   'all'),
  readProtectionProposal:        rule('-',     '-',         '-',         'all',       'all',   'all'),
  approveCapacityNotice:         rule('-',     '-',         '-',         '-',         '-',     'all'),
  listWebhooks:                  rule('-',     '-',         '-',         '-',         'all',   'all'),
  makeWebhook:                   rule('-',     '-',         '-',         '-',         '-',     'all'),
  deleteWebhook:                 rule('-',     '-',         '-',         '-',         '-',     'all'),
  undoProtectionStep:            rule('-',     '-',         '-',         'all',       '-',     'all'),

  // what a bad morning was
  makePostMortem:                rule('-',     '-',         '-',         'all',       '-',     'all'),
  listPostMortems:               rule('-',     '-',         '-',         'all',       'all',   'all'),
  readPostMortem:                rule('-',     '-',         '-',         'all',       'all',   'all'),
  writePostMortem:               rule('-',     '-',         '-',         'all',       '-',     'all'),
  showPostMortem:                rule('-',     '-',         '-',         'all',       'all',   'all'),
  exportPostMortem:              rule('-',     '-',         '-',         'all',       'all',   'all'),

  // bookings
  book:                          rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  hold:                          rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  confirmHold:                   rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  cancelHold:                    rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  readHold:                      rule('-',     'own',       'own',       '-',         'all',   'all',   [],                    'service'),
  listHolds:                     rule('-',     'own',       'own',       '-',         'all',   'all',   [],                    'establishment:uai'),
  undoBooking:                   rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  proposeSwap:                   rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  acceptSwap:                    rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  declineSwap:                   rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  withdrawSwap:                  rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  readSwap:                      rule('-',     'own',       'own',       '-',         'all',   'all',   [],                    'service'),
  listSwaps:                     rule('-',     'own',       'own',       '-',         'all',   'all',   [],                    'establishment:uai'),
  waitForRoom:                   rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  promoteWaitingEntry:           rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  leaveWaitingList:              rule('-',     'own',       'own',       '-',         '-',     'all',   [],                    'service'),
  readWaitingEntry:              rule('-',     'own',       'own',       '-',         'all',   'all',   [],                    'service'),
  listWaitingEntries:            rule('-',     'own',       'own',       '-',         'all',   'all',   [],                    'establishment:uai'),
  readClassAvailability:         rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'class:id'),
  readEstablishmentAvailability: rule('-',     'own',       'own',       'own',       'all',   'all',   [],                    'establishment:uai'),
  },
};

/** Whether an operation answers every person alike, so that nobody needs to be known. */
export const isOpenToAll = ({ reach, target }: AccessRule): boolean =>
  target === undefined && Object.values(reach).every((one) => one === 'all');

/** How far an actor reaches with an operation; a machine by the scopes of its key alone. */
export function reachOf(actor: Actor, { reach, keys }: AccessRule): Reach {
  if (actor.role !== 'machine') return reach[actor.role];
  return keys.some((scope) => actor.keyScopes?.includes(scope)) ? 'all' : '-';
}

/** Operations of a contract without a line in the table, and lines without an operation. */
export function operationsOutOfStep(operationIds: readonly string[], notInContract: readonly string[]): string[] {
  const known = new Set([...operationIds, ...notInContract]);
  return [
    ...[...known].filter((id) => !(id in ACCESS_RULES)).map((id) => `${id} has no rule`),
    ...Object.keys(ACCESS_RULES)
      .filter((id) => !known.has(id))
      .map((id) => `${id} is no operation`),
  ];
}

/** Operations that the guard protects and the contract does not list. */
export const OUTSIDE_THE_CONTRACT = ['readMetrics', 'beginSignIn', 'finishSignIn'];
