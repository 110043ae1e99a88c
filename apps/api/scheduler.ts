import { createApplication } from './application';
import { readEnvironment } from './config/environment';

/** Engine, outbox and reconciler alone, for installations that run them apart from HTTP. */
async function main(): Promise<void> {
  const environment = { ...readEnvironment(process.env), role: 'scheduler' as const };
  await (await createApplication(environment)).init();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
