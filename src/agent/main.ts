import { agentSettingsOf, agentUsage, SettingInvalid } from './agent-settings';
import { startAgent } from './agent';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return console.log(agentUsage());
  const settings = agentSettingsOf(args, process.env);
  const agent = await startAgent(settings);
  console.log(`The agent answers on http://${settings.host}:${agent.port} (status: /status).`);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void agent.stop().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  if (error instanceof SettingInvalid) console.error(`${error.message}\n\n${agentUsage()}`);
  else console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof SettingInvalid ? 2 : 1);
});
