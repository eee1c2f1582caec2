import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionText } from './post-mortem-text';

const SOURCES = join(__dirname, '..');

describe('the words of a post-mortem', () => {
  it('has words in both languages for every action of the audit trail but bookings, which it counts', () => {
    const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const code = files.map((file) => readFileSync(join(SOURCES, file), 'utf8')).join('\n');
    const ofSwaps = ['accept', 'decline', 'withdraw'].map((end) => `swap.${end}`);
    const written = [
      ...code.matchAll(
        /\b(?:action(?::| =) [^,}\n;]*?|audited\(actor, )'([a-z_]+\.[a-z_]+)'(?: : '([a-z_]+\.[a-z_]+)')?/g,
      ),
    ];
    const actions = [...written.flatMap(([, one, other]) => [one!, ...(other ? [other] : [])]), ...ofSwaps];
    expect(new Set(actions).size).toBeGreaterThan(50);
    expect(
      actions.filter((action) => actionText('fr', action) === action || actionText('en', action) === action),
    ).toEqual([]);
  });
});
