import { Logger as NestLogger } from '@nestjs/common';
import { Logger } from 'graphile-worker';

const nest = new NestLogger('JobQueue');

/** What the queue's library says, in the service's own log; its everyday lines are for debugging only. */
export const queueLogger = new Logger(() => (level, message) => {
  if (String(level) === 'error') nest.error(message);
  else if (String(level) === 'warning') nest.warn(message);
  else nest.debug(message);
});
