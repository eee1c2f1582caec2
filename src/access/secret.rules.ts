import { hash, randomBytes } from 'node:crypto';

/** 256 random bits as text: the id of a session, the secret of a key. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What the database keeps of a secret: random enough that a plain hash cannot be searched. */
export const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
