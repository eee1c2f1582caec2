/**
 * The one place that fixes the benchmark's instances. They follow the case on which the floors were measured: a remote week,
 * each class with live windows at a wished hour, each establishment with windows for relatives. Every run prints this object.
 */
export const ALLOCATION_INSTANCE = {
  version: 2,
  scales: { S: 1_000, M: 5_570, L: 13_000, XL: 60_000 },
  /** Windows of each scale; a seed is drawn again until its instance lies within `windowCountTolerance` of them. */
  windowCounts: { S: 60_000, M: 332_000, L: 775_000, XL: 3_580_000 },
  windowCountTolerance: 0.03,
  /** Share of establishments and classes each: log-normal around the mean, cut at both ends. */
  kinds: {
    primary: {
      sharePerMille: 846,
      meanClasses: 6.0,
      spread: 0.5,
      leastClasses: 1,
      mostClasses: 24,
      meanHeadcount: 22.9,
      headcountSpread: 4,
    },
    college: {
      sharePerMille: 100,
      meanClasses: 21.2,
      spread: 0.3,
      leastClasses: 8,
      mostClasses: 44,
      meanHeadcount: 25,
      headcountSpread: 2.5,
    },
    lycee: {
      sharePerMille: 54,
      meanClasses: 32.0,
      spread: 0.4,
      leastClasses: 8,
      mostClasses: 80,
      meanHeadcount: 28.5,
      headcountSpread: 4,
    },
  },
  /** Share of a class that connects, per mille: drawn per establishment, evenly. */
  participationPerMille: { primary: [350, 650], secondary: [500, 800], relatives: [150, 300] },
  /** Week from Sunday 12:00 UTC; metropolitan winter time. */
  originCell: 5_983_056,
  utcOffsetCells: 12,
  /** Primary: one window a day, on 4 days or (this share) on 5; secondary: one in the morning, one in the afternoon, Wednesday morning only. */
  primaryOpenWednesdayPerMille: 150,
  /** Window length in minutes and its share, per mille. */
  lengthMinutes: {
    primary: [
      [30, 500],
      [45, 500],
    ],
    secondary: [
      [30, 300],
      [45, 500],
      [60, 200],
    ],
  },
  relativesMinutes: 30,
  /** Allowed starts in local minutes of the day, each half open; the last start leaves room for the window. */
  hours: {
    primary: [
      [510, 720],
      [810, 990],
    ],
    college: [
      [480, 735],
      [810, 1050],
    ],
    lycee: [
      [480, 750],
      [810, 1080],
    ],
    relatives: [
      [690, 840],
      [960, 1170],
    ],
  },
  /** Wished hours in local minutes with their share, per mille: the hours of the timetable. */
  wishes: {
    primary: [
      [510, 200],
      [540, 320],
      [570, 60],
      [600, 180],
      [630, 60],
      [810, 100],
      [840, 80],
    ],
    secondaryMorning: [
      [480, 260],
      [540, 290],
      [600, 260],
      [660, 190],
    ],
    secondaryAfternoon: [
      [810, 240],
      [840, 240],
      [900, 270],
      [960, 250],
    ],
  },
  /** Levels of secondary classes, dealt in turn; the letter by level has hours for each (src/load/letter-hours.rules.ts). */
  levels: { college: ['6E', '5E', '4E', '3E'], lycee: ['2GT', '1GT', 'TGT'] },
  /** Windows of one teacher on a day, at most; a secondary establishment has as many teachers as that needs, and some spare. */
  windowsPerTeacherDay: 4,
  sameClassGapMinutes: 30,
  /** Most simultaneous heads of an establishment, per mille of its connected heads, and at least this many times its largest class. */
  siteLimit: { primaryPerMille: 700, collegePerMille: 450, lyceePerMille: 400, leastLargestClasses: 2.2 },
  /** Each establishment and its nearest ones keep their relatives' windows apart. */
  nearestEstablishments: 3,
  neighbourSpacingMinutes: 15,
  /** Shares of visitors per cell from the start, per mille, and of those still there after the end (the idle time-out). */
  arrivalsPerMille: {
    primary: [250, 250, 200, 120, 100, 80],
    secondary: [480, 250, 120, 60, 50, 40],
    relatives: [200, 200, 200, 200, 120, 80],
  },
  idleTailPerMille: [500, 500, 500, 250],
  /** Background as a share of capacity, per mille: from local minute, to, share (sessions and logins alike). */
  backgroundPerMille: [
    [450, 510, 60],
    [705, 825, 80],
    [1020, 1110, 70],
  ],
  backgroundAlwaysPerMille: 30,
  /** Day 0 is Monday: capacity per mille of the ordinary one in local minutes. */
  events: [
    { day: 1, from: 840, to: 885, capacityPerMille: 750 },
    { day: 3, from: 540, to: 660, capacityPerMille: 1150 },
  ],
} as const;

export type Scale = keyof typeof ALLOCATION_INSTANCE.scales;
