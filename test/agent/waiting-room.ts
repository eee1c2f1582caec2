import type { BundleContent } from '../../src/kernel/decision/bundle-content';
import { Device } from './device';
import { TestAgent } from './test-agent';
import { until } from '../until';

const CELLS = 288;

/** What the plan leaves: three hundred log-ins a cell, one a second, unless the test says otherwise. */
export const room = (loginsPerCell = 300): NonNullable<BundleContent['room']> => ({
  logins: Array<number>(CELLS).fill(loginsPerCell),
  sessions: Array<number>(CELLS).fill(100_000),
  stayCells: 12,
});

/** An agent whose waiting room is open, and which shares it with no other. */
export async function agentWithRoom(content: Partial<BundleContent> = {}): Promise<TestAgent> {
  const test = await TestAgent.start({ room: room(), ...content }, { room: 'process' });
  await until(() => test.agent.room!.isOpen);
  return test;
}

/** A pupil of 6e A, unless the test says otherwise, who comes to an agent for the first time. */
export const pupilAt = (test: TestAgent, name = '6e A'): Device => new Device(test, test.shown([`77$${name}`]));
export const relativeAt = (test: TestAgent): Device => new Device(test, test.shown(['77$6e A'], 'relative'));
