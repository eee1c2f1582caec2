/** Who a window is for; the index is what tables and columns store. */
export const AUDIENCES = ['pupils', 'relatives', 'staff'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What it is for: `open` spreads over the window, `live` has everybody at the start. The index is what is stored. */
export const ACTIVITIES = ['open', 'live'] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** How a window came to be where it is; the index is what is stored. */
export const ORIGINS = ['allocated', 'fixed', 'booked'] as const;
export type Origin = (typeof ORIGINS)[number];
