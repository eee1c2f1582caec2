// the migrations in the order in which they run
export { Directory1764000001000 } from '../../migrations/0001-directory';
export { Calendar1764000002000 } from '../../migrations/0002-calendar';
export { Capacity1764000003000 } from '../../migrations/0003-capacity';
export { Campaign1764000004000 } from '../../migrations/0004-campaign';
export { Plan1764000005000 } from '../../migrations/0005-plan';
export { Booking1764000006000 } from '../../migrations/0006-booking';
export { PlanEvidence1764000007000 } from '../../migrations/0007-plan-evidence';
export { PlanMemory1764000010000 } from '../../migrations/0010-plan-memory';
export { LedgerProof1764000015000 } from '../../migrations/0015-ledger-proof';
export { Hold1764000017000 } from '../../migrations/0017-hold';
export { HeldBooking1764000018000 } from '../../migrations/0018-held-booking';
export { Exchange1764000019000 } from '../../migrations/0019-exchange';
export { Wishes1764000020000 } from '../../migrations/0020-wishes';
export { Proposal1764000021000 } from '../../migrations/0021-proposal';
export { Feed1764000023000 } from '../../migrations/0023-feed';
export { Access1764000025000 } from '../../migrations/0025-access';
export { WindowStart1764000028000 } from '../../migrations/0028-window-start';
